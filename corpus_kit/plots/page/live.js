// A chart in a notebook.

import { drawPicture } from "./charts.js";

export default {
  render({ model, el }) {
    let chart = null;
    const draw = () => {
      const { picture, ...options } = model.get("_chart");
      chart?.close();
      chart = drawPicture(el, picture, {
        ...options,
        onOpen: (row, mark) => model.send({ kind: "open", mark }),
        onSelect: (marks) => model.send({ kind: "select", marks }),
      });
    };
    draw();
    model.on("change:_chart", draw);
    return () => {
      model.off("change:_chart", draw);
      chart.close();
    };
  },
};
