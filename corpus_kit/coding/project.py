"""`CodingProject`: what coders are to do, how far they are, whether they agree, and what it says of all units."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import boolean, integer, proportion, text_argument
from corpus_kit._base.locks import locked
from corpus_kit._base.metadata import exactly, listed
from corpus_kit._base.records import attach
from corpus_kit.coding.corrected_prevalence import Predictions, accuracy_of, prevalence_of
from corpus_kit.coding.given_codes import agreement_of, with_decisions
from corpus_kit.coding.population import Population
from corpus_kit.coding.project_folder import DECIDED, Design, share_argument
from corpus_kit.coding.project_sheets import PLACE, Item, ProjectSheets
from corpus_kit.coding.project_units import Units
from corpus_kit.coding.sheet_files import KEY
from corpus_kit.coding.unit_sample import RANDOM, extended
from corpus_kit.errors import InputError, choose, warn

__all__ = ["CodingProject"]

_MOST = 100_000  # replicates
_MEASURES = ("margin", "entropy")


class CodingProject:
    """A project in which several coders code lines or documents, from `ck.coding_project`.

    What it says is read from the folder whenever it is asked, so that it shows what others have coded meanwhile.

    Attributes:
        folder: The folder (Path).

    Examples:
        >>> import corpus_kit as ck, tempfile
        >>> lines = ck.kwic(ck.sample_corpus(), "هدنة")
        >>> project = ck.coding_project(tempfile.mkdtemp(), lines, coders=["sara", "ali"], sample=6)
        >>> for coder, code in (("sara", "for"), ("ali", "against")):
        ...     project.give(coder, project.sample.row(0, named=True), code)
        >>> project.disagreements().select("node", "sara", "ali").rows()
        [('هدنة', 'for', 'against')]
        >>> project.sheet("sara").name, len(project.concordance("sara"))
        ('sara.csv', 6)
        >>> project.decide(project.disagreements().row(0, named=True), "for", coder="mona")
        >>> project.codes()["code"].to_list()[:2]
        ['for', None]
    """

    def __init__(self, folder: Path, design: Design, units: Units | None) -> None:
        self.folder = folder
        self._sheets = ProjectSheets(folder, design)
        self._population = None if units is None else Population(units, design)
        self._sheets.complete_all()
        if self._population is not None:
            self._population.compare(self.sample, str(folder))

    def __repr__(self) -> str:
        done = self.codes(warnings=False)["code"].count()
        units = f"{self.sample.height:,} {self.design.unit}s"
        return f"<CodingProject {self.folder.name!r}: {done:,} of {units} have a code>"

    # ------------------------------------------------------------------ what is to be coded

    @property
    def design(self) -> Design:
        """What `project.toml` says."""
        return self._sheets.design()

    @property
    def coders(self) -> list[str]:
        """The names of the coders."""
        return list(self.design.coders)

    @property
    def codebook(self) -> dict[str, str]:
        """The codes with their descriptions; empty if any code may be given."""
        return dict(self.design.codes)

    @property
    def has_texts(self) -> bool:
        """Whether the project was opened with its texts, which `rank` and `prevalence` need."""
        return self._population is not None

    @property
    def sample(self) -> pl.DataFrame:
        """The units that are to be coded, with the way in which they were chosen.

        The columns are id (String), position (UInt32; 0 for documents), before, node, after, stratum (String; the value
        of `by`), stratum_size (Int64: its units in the population), place (Int64: in the random order of the stratum),
        chosen (String: "random" or "uncertain"), inclusion_probability (Float64: of being drawn at random; null for
        units that were chosen by uncertainty), coders (List of String: who codes it), batch (Int64: 0, or the number of
        the call of `extend` that added it).
        """
        return self._sheets.sample()

    def sheet(self, coder: str) -> Path:
        """Return the path of a coder's sheet, which has a row for each unit; `ck.explore` takes it as `sheet`.

        Args:
            coder: The name of the coder.
        """
        return self._sheets.complete(coder)

    def lines(self, coder: str) -> pl.DataFrame:
        """Return the units that a coder is to code, in the coder's order, with the codes given so far.

        Args:
            coder: The name of the coder.

        Returns:
            A DataFrame: id (String), position (UInt32), before, node, after, code, note (String; null if empty). If the
            project is not blind, a column for each other coder follows (String).
        """
        found = self._sheets.lines(coder)
        if not self.design.blind:
            others = [name for name in self.coders if name != coder]
            found = found.join(
                self._sheets.given().select(exactly(*KEY, *others)), on=KEY, how="left", maintain_order="left"
            )
        return self._attached(found, "lines", {"coder": coder})

    def concordance(self, coder: str) -> Any:
        """Return the lines of a coder as a concordance, in the coder's order, for `ck.explore`.

        `ck.explore(corpus, project=project, coder="sara")` shows them one at a time, in their paragraphs.

        Args:
            coder: The name of the coder.

        Raises:
            InputError: If the units are documents, or the project was opened without its concordance.
        """
        units = self._need_population("concordance").units
        if units.lines is None:
            raise InputError("concordance must be of lines, and this project is about documents. Use lines.")
        rows = self._sheets.assigned(coder).join(units.frame.select(*KEY, "line"), on=KEY, maintain_order="left")[
            "line"
        ]
        return units.lines.rows(rows.to_list())

    def give(self, coder: str, item: Item, code: str | None, *, note: str | None = None) -> None:
        """Write a coder's code of a unit into the coder's sheet; None takes it back.

        Args:
            coder: The name of the coder.
            item: The unit: a row of `lines`, its id and position, or the id of a document.
            code: The code, one of the codebook if there is one.
            note: A note; None leaves what there is.

        Raises:
            InputError: If the coder, the unit or the code is unknown, or somebody has changed it meanwhile.
        """
        self._sheets.give(coder, item, code, note)

    # ------------------------------------------------------------------ how far it is

    def progress(self) -> pl.DataFrame:
        """Return how many units each coder has coded.

        Returns:
            A DataFrame with a row for each coder: coder (String), units, coded, remaining, other_codes (Int64: codes
            that are not in the codebook).
        """
        given = self._sheets.given()
        rows = []
        self._warn_of_strays()
        for coder in self.coders:
            mine = given.filter(pl.col("coders").list.contains(coder))[coder].drop_nulls()
            units = self.sample["coders"].list.contains(coder).sum()
            other = 0 if not self.design.codes else int((~mine.is_in(list(self.design.codes))).sum())
            rows.append((coder, units, len(mine), units - len(mine), other))
        schema = {"coder": pl.String} | dict.fromkeys(("units", "coded", "remaining", "other_codes"), pl.Int64)
        return self._attached(pl.DataFrame(rows, schema=schema, orient="row"), "progress", {})

    def agreement(
        self, *, each: bool = True, n_bootstrap: int = 1000, confidence: float = 0.95, seed: int = 0
    ) -> pl.DataFrame:
        """Measure how far the coders agree on the units that several have coded by now.

        Args:
            each: Whether there are rows for single codes.
            n_bootstrap: Replicates for the interval of alpha, as in `measures.krippendorff_alpha_interval`.
            confidence: Confidence level of the intervals.
            seed: Seed of the bootstrap.

        Returns:
            A DataFrame with a row for all codes, whose code is null, and one for each code, against all others: code
            (String), units (Int64: those with two codes or more; of a code those that somebody gave it), alpha,
            alpha_low, alpha_high, agreement, agreement_low, agreement_high (Float64; null if not defined).

        Raises:
            InputError: If there is one coder only, or an argument is invalid.

        References:
            Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.
        """
        if len(self.coders) < 2:
            raise InputError(f"agreement needs at least two coders, and this project has {self.coders[0]!r} only.")
        options = {"each": boolean(each, "each"), "n_bootstrap": n_bootstrap, "confidence": confidence, "seed": seed}
        level = proportion(confidence, "confidence")
        n_bootstrap = integer(n_bootstrap, "n_bootstrap", least=1, most=_MOST)
        seed = integer(seed, "seed", least=0)
        codes = self._sheets.given().select(exactly(*self.coders))
        known = self._sheets.known_codes(codes) if each else []
        found = agreement_of(codes, known, level, n_bootstrap, seed)
        return self._attached(found, "agreement", options)

    def disagreements(self, coder: str | None = None) -> pl.DataFrame:
        """Return the units to which coders gave different codes.

        Args:
            coder: Who looks: in a blind project only units that this coder has coded are shown; None those that all
                their coders have.

        Returns:
            A DataFrame with a row for each unit: id (String), position (UInt32), before, node, after, a column for each
            coder (String), decided (String: what was decided; null if nothing was).
        """
        given = self._sheets.given()
        if coder is not None:
            choose(coder, self.coders, "coder")
        if self.design.blind and coder is not None:
            given = given.filter(exactly(coder).is_not_null())
        elif self.design.blind:
            given = given.filter(pl.col("codes") == pl.col("coders").list.len())
        found = given.filter(pl.col("distinct") > 1).select(exactly(*PLACE, *self.coders, DECIDED))
        return self._attached(found.select(*PLACE, *self.coders, DECIDED), "disagreements", {"coder": coder})

    def decide(self, item: Item, code: str | None, *, coder: str | None = None, note: str | None = None) -> None:
        """Decide which code a unit has; it is written into a sheet of decisions, decided.csv.

        Args:
            item: The unit: a row of `disagreements`, its id and position, or the id of a document.
            code: The code; None takes the decision back.
            coder: Who decides; None takes the name of the user.
            note: Why; None leaves what there is.

        Raises:
            InputError: If the unit or the code is unknown, or somebody else has decided meanwhile.
        """
        self._sheets.decide(coder, item, code, note)

    def codes(self, *, warnings: bool = True) -> pl.DataFrame:
        """Return the code of each unit: what was decided, else what all or more than half of its coders gave.

        Args:
            warnings: Whether to warn of codes that are not in the codebook, and of codes that belong to no unit.

        Returns:
            A DataFrame with a row for each unit of the sample: id (String), position (UInt32), before, node, after,
            stratum, chosen (String), inclusion_probability (Float64), codes (UInt32: the coders who gave one), decision
            (String: "decided", "single", "unanimous", "majority", "disputed", or null without a code), code (String;
            null if disputed).
        """
        boolean(warnings, "warnings")
        found = with_decisions(self._sheets.given(), self.coders, DECIDED)
        columns = ("stratum", "chosen", "inclusion_probability", "codes", "decision", "code")
        found = found.select(*PLACE, *columns)
        other = [code for code in self._sheets.known_codes(found.select("code")) if code not in self.design.codes]
        if warnings and self.design.codes and other:
            warn(f"CodingProject: {listed(other)} are not in the codebook, and count as codes of their own.")
        if warnings:
            self._warn_of_strays()
        return self._attached(found, "codes", {})

    # ------------------------------------------------------------------ what a classifier adds

    def accuracy(self, *, confidence: float = 0.95, seed: int = 0) -> pl.DataFrame:
        """Train a classifier on the codes, and say how well it predicts those that it has not seen.

        Logistic regression over the tf-idf weights of words (in the form of the profile "search"), in which all codes
        have the same weight, cross-validated in five folds. Only units that were drawn at random count, each with 1 /
        its probability of being drawn, so that the figures hold for the population.

        Args:
            confidence: Confidence level of the intervals.
            seed: Seed of the folds and of the bootstrap.

        Returns:
            A DataFrame with a row for all codes, whose code is null, and one for each code: code (String), coded
            (Int64), precision, recall, f1, f1_low, f1_high (Float64; of all codes their mean; the interval is that of
            1,000 bootstrap replicates), accuracy, accuracy_low, accuracy_high (Float64; Wilson's interval of n_eff =
            (Σ w)² / Σ w² units, w the weights; null for single codes).

        Raises:
            InputError: If fewer than two codes were given, or the corpus is another one.
            CorpusKitError: If scikit-learn is not installed (the extra `learning`).

        References:
            Kohavi, R. (1995). A study of cross-validation and bootstrap for accuracy estimation and model selection.
            IJCAI, 1137-1143. Kish, L. (1965). Survey Sampling, section 11.7.
        """
        level = proportion(confidence, "confidence")
        population, predicted = self._predictions(integer(seed, "seed", least=0), "accuracy")
        found = accuracy_of(predicted, population.frame["stratum"], level, seed)
        return self._attached(found, "accuracy", {"confidence": level, "seed": seed})

    def rank(self, *, measure: str = "margin", seed: int = 0) -> pl.DataFrame:
        """Return the units that are not in the sample, those first of which a classifier is least certain.

        Args:
            measure: "margin", 1 less the difference of the two highest probabilities, or "entropy", in units of its
                largest value.
            seed: Seed of the folds of the classifier.

        Returns:
            A DataFrame: id (String), position (UInt32), before, node, after, stratum, predicted (String: the likeliest
            code), predicted_probability, uncertainty (Float64, 0 to 1).

        Raises:
            InputError: As for `accuracy`.
            CorpusKitError: As for `accuracy`.

        References:
            Settles, B. (2009). Active learning literature survey. University of Wisconsin-Madison, section 3.1.
        """
        choose(measure, _MEASURES, "measure")
        population, predicted = self._predictions(integer(seed, "seed", least=0), "rank")
        found = population.frame.select(*PLACE, "stratum").with_columns(predicted.uncertainty(measure))
        found = found.join(self.sample, on=KEY, how="anti", maintain_order="left")
        found = found.sort("uncertainty", descending=True, maintain_order=True)
        return self._attached(found, "rank", {"measure": measure, "seed": seed})

    def extend(self, size: int, *, uncertain: float = 0.5, measure: str = "margin", seed: int = 0) -> pl.DataFrame:
        """Add units to the sample: the least certain ones of the rest, and a random share.

        The random ones follow on those drawn before in the same random order, so that all of them together are the
        sample that would have been drawn at once; the inclusion probabilities become those of the larger sample. A
        unit of them that was coded before for its uncertainty is not coded again.

        Args:
            size: The number of units.
            uncertain: The share that is chosen by uncertainty, from 0 to 1; the others are random, so that estimates
                become narrower, too.
            measure: As in `rank`.
            seed: As in `rank`.

        Returns:
            The units that were added, with the columns of `sample`.

        Raises:
            InputError: If an argument is invalid, the corpus is another one, or, unless uncertain=0, too little is
                coded for a classifier.

        References:
            Ohlsson, E. (1995). Coordination of samples using permanent random numbers. In: Cox, B. G. et al. (eds.),
            Business Survey Methods, 153-169.
        """
        wanted, share = integer(size, "size", least=1), share_argument(uncertain, "uncertain")
        least_certain = round(wanted * share)
        ranked = self.rank(measure=measure, seed=seed) if least_certain else None
        population = self._sampled_population("extend").frame
        with locked(self.folder / ".project.lock", f"the coding project {str(self.folder)!r}"):
            sample, new = extended(
                self.sample, population, wanted, None if ranked is None else ranked.select(KEY), least_certain,
                allocation=self.design.allocation, coders=self.coders, overlap=self.design.overlap,
            )  # fmt: skip
            self._sheets.write_sample(pl.concat([sample, new]))
        return self._attached(new, "extend", {"size": wanted, "uncertain": share, "measure": measure, "seed": seed})

    def prevalence(self, by: str | None = None, *, confidence: float = 0.95, seed: int = 0) -> pl.DataFrame:
        """Estimate how common each code is among all units, corrected for the errors of the classifier.

        All units are classified; what the coders say of those drawn at random corrects it (design-based supervised
        learning). The estimate has no bias however wrong the classifier is; a good one makes the interval narrower than
        that of the coded sample alone. Units that were chosen by uncertainty train the classifier, but do not enter
        the estimate, since nobody knows how probable it was that they were chosen; a warning counts them.

        Args:
            by: A metadata column, for whose values there are rows of their own.
            confidence: Confidence level of the intervals.
            seed: Seed of the folds of the classifier.

        Returns:
            A DataFrame with a row for each code (of each value of `by`, which is then the first column, String): code
            (String), units (Int64: all, coded or not), coded (Int64: the random ones with a code), prevalence,
            prevalence_low, prevalence_high (Float64: the estimate and its interval), sampled (Float64: the weighted
            share of the coded units alone), adjusted (Float64: adjusted counts, for comparison), naive (Float64: the
            share of the units that are classified so), naive_bias (Float64: naive - prevalence). Null where nothing of
            a group is coded, or, for `adjusted`, where the classifier does not tell the codes apart.

        Note:
            Ỹ = Ŷ + (R / π)(Y - Ŷ) for each unit: Ŷ is the probability by a classifier that was trained on other units
            (five folds), Y what the coders say, R whether the unit was drawn and coded, π how probable that was.
            prevalence is the mean of Ỹ, and the interval that of a stratified sample of this population
            (`measures.prevalence.design_based` has the formula). Units that were drawn and have no code yet, or a
            disputed one, are taken for missing at random within their stratum: π is the share of the stratum that has
            a code. Code all units, and decide about disagreements, before you publish. Adjusted counts solve for the
            shares that would, with the error rates seen, have been counted so. Where all coded units have one code,
            no classifier can learn: the estimate is the share in the sample, and the interval reaches as far as
            Wilson's.

        Raises:
            InputError: If an argument is invalid, fewer than two of the units drawn at random have a code, or the
                corpus is another one.
            CorpusKitError: If scikit-learn is not installed (the extra `learning`).

        References:
            Egami, N., Hinck, M., Stewart, B. M. & Wei, H. (2023). Using imperfect surrogates for downstream inference:
            design-based supervised learning for social science applications of large language models. Advances in
            Neural Information Processing Systems 36. Forman, G. (2008). Quantifying counts and costs via
            classification. Data Mining and Knowledge Discovery 17, 164-206. Särndal, C.-E., Swensson, B. & Wretman, J.
            (1992). Model Assisted Survey Sampling, section 6.3.
        """
        level = proportion(confidence, "confidence")
        column = None if by is None else text_argument(by, "by")
        population, predicted = self._predictions(integer(seed, "seed", least=0), "prevalence")
        labels = None if column is None else population.units.labels(column)
        self._warn_of_left_out()
        found = prevalence_of(predicted, population.frame["stratum"], labels, self.codebook, level)
        return self._attached(found, "prevalence", {"by": by, "confidence": level, "seed": seed})

    # ------------------------------------------------------------------ within

    def _attached(self, table: pl.DataFrame, method: str, options: Mapping[str, Any]) -> pl.DataFrame:
        design = self.design
        about = {"pattern": design.pattern or None, "units": f"{design.unit}s", "coders": design.coders}
        corpus = None if self._population is None else self._population.units.corpus
        corpus_id = None if corpus is not None else design.corpus
        record = {**about, "strata": design.by, **options}
        return attach(table, f"CodingProject.{method}", record, corpus=corpus, corpus_id=corpus_id)

    def _need_population(self, method: str) -> Population:
        if self._population is None:
            raise InputError(f"{method} needs the texts. Open the project with ck.coding_project(folder, corpus).")
        return self._population

    def _sampled_population(self, method: str) -> Population:
        """Return the population, from which the sample must have been drawn."""
        population = self._need_population(method)
        population.expect_same(method)
        return population

    def _predictions(self, seed: int, method: str) -> tuple[Population, Predictions]:
        """Return the population and what a classifier says of it."""
        population = self._sampled_population(method)
        coded = self.codes().filter(pl.col("code").is_not_null())
        known = self._sheets.known_codes(coded.select("code"))
        if len(known) < 2 and method != "prevalence":
            raise InputError(
                f"A classifier needs units with at least two different codes, got {len(known):,}. Code more."
            )
        return population, population.predictions(coded, known, seed)

    def _warn_of_strays(self) -> None:
        for name in (*self.coders, DECIDED):
            strays = self._sheets.strays(name)
            if strays:
                warn(
                    f"CodingProject: {name + '.csv'!r} has codes that belong to no unit of the project, at "
                    f"{listed(strays)}. A spreadsheet may have changed these ids: correct them there."
                )

    def _warn_of_left_out(self) -> None:
        codes = self.codes(warnings=False)
        is_random = pl.col("chosen") == RANDOM
        counts = {
            "chosen by uncertainty": codes.filter(~is_random, pl.col("code").is_not_null()).height,
            "disputed": codes.filter(is_random, pl.col("decision") == "disputed").height,
            "not coded yet": codes.filter(is_random, pl.col("codes") == 0, pl.col("code").is_null()).height,
        }
        parts = [f"{count:,} {what}" for what, count in counts.items() if count]
        if parts:
            warn(f"CodingProject.prevalence: units left out of the estimate: {', '.join(parts)}.")
