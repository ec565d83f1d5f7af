"""Local files and objects in a store, read and written by the same calls."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from object_store import ObjectStore, object_store

from corpus_kit.errors import CorpusError, CorpusKitError, InputError, SourceError
from corpus_kit.scale import credentials
from corpus_kit.scale.addresses import is_url
from corpus_kit.scale.locations import Location

CONTENT = "خبر من الأخبار".encode()


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    with object_store() as running:
        yield running


@pytest.fixture(params=["here", "store"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Location:
    """Return an empty folder of each kind."""
    if request.param == "here":
        return Location.of(tmp_path)
    store: ObjectStore = request.getfixturevalue("store")
    return store.with_new_bucket().location("بحث 1/run")


# Names


def test_paths_are_absolute_and_home_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Location.of("news/1.txt").url == str(tmp_path / "news/1.txt")
    assert Location.of(Path("~/news")).path == tmp_path / "news"
    assert Location.of("news").is_local


def test_file_urls_are_paths(tmp_path: Path) -> None:
    path = tmp_path / "خبر 100%.txt"
    assert Location.of(path.as_uri()).path == path
    assert Location.of(f"file://localhost{tmp_path}").path == tmp_path
    with pytest.raises(InputError, match=r"^path must be a file:// URL of this machine, got 'file://server"):
        Location.of("file://server/news.txt")


def test_path_that_looks_like_a_url() -> None:
    assert Location.of(Path("s3://bucket/news")).is_local
    assert not is_url("C:\\news")


def test_parents_children_and_names(tmp_path: Path) -> None:
    for folder in (Location.of(tmp_path), Location.of("s3://bucket/news")):
        child = folder / "2014" / "1.txt"
        assert child == folder / "2014/1.txt"
        assert child.name == "1.txt"
        assert child.parent.parent == folder
        assert str(child) == f"{folder}/2014/1.txt"
    assert Location.of("s3://bucket").parent == Location.of("s3://bucket")
    assert Location.of("s3://bucket").name == "bucket"
    with pytest.raises(CorpusKitError, match="no local path"):
        _ = Location.of("s3://bucket/x").path


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "''"),
        ("a\0b", "NUL"),
        ("s3://bucket/a\0b", "NUL"),
        ("a\ud800", "surrogate"),
        ("s3://bucket/a\ud800", "surrogate"),
        ("s3://", "'s3://'"),
        (5, "got 5"),
        (None, "got None"),
        (object(), "got object"),
    ],
)
def test_invalid_paths_and_urls(value: object, message: str) -> None:
    with pytest.raises(InputError, match=rf"^out must be .*{message}"):
        Location.of(value, argument="out")  # type: ignore[arg-type]


def test_invalid_options_and_urls_do_not_show_secrets() -> None:
    with pytest.raises(InputError, match=r"^storage_options must be a dict of options of fsspec, got str\.$"):
        Location.of("s3://bucket/news", "key=s3cr3t")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^path must be .*ftp://\*\*\*@host"):
        Location.of("ftp://reader:hunter2@host/a\0b")


def test_secrets_are_never_shown() -> None:
    location = Location.of("ftp://reader:hunter2@host/news", {"key": "k", "secret": "s3cr3t"}) / "1.txt"
    for shown in (repr(location), str(location), repr(location.parent)):
        assert "s3cr3t" not in shown
        assert "hunter2" not in shown
    assert str(location) == "ftp://***@host/news/1.txt"


def test_a_pickle_has_no_secrets() -> None:
    options = {"key": "k", "secret": "s3cr3t"}
    location = Location.of("s3://bucket/news", options) / "1.txt"
    with pytest.raises(InputError, match="storage_options cannot be pickled"):
        pickle.dumps(location)
    with credentials.lent(options):
        data = pickle.dumps(location)
        copy = pickle.loads(data)
        assert copy == location
        assert copy.storage_options == options
        assert hash(copy) == hash(location)
    assert b"s3cr3t" not in data
    elsewhere = pickle.loads(data)  # in a process that has not got the options
    with pytest.raises(CorpusKitError, match="has not received the options"):
        elsewhere.read()
    with pytest.raises(InputError, match=r"password or token cannot be sent to workers, got 'ftp://\*\*\*@host/1'"):
        pickle.dumps(Location.of("ftp://reader:hunter2@host/1"))
    bare = Location.of("s3://bucket/1")
    assert pickle.loads(pickle.dumps(bare)) == bare


# Reading and writing


def test_a_file_is_written_and_read(folder: Location) -> None:
    folder.make_folder()
    file = folder / "خبر.bin"
    assert not file.exists()
    file.write([CONTENT[:5], memoryview(CONTENT)[5:9], bytearray(CONTENT[9:])])
    assert file.exists()
    assert file.size() == len(CONTENT)
    assert file.read() == CONTENT
    assert folder.children() == ["خبر.bin"]
    assert folder.exists()


def test_ranges(folder: Location) -> None:
    folder.make_folder()
    file = folder / "1.bin"
    file.write([CONTENT])
    size = len(CONTENT)
    for start in (0, 1, size - 1, size, size + 5):
        for stop in (None, 0, 1, 2, size, size + 7):
            assert file.read(start, stop) == CONTENT[start:stop], (start, stop)


def test_streams_are_seekable(folder: Location) -> None:
    folder.make_folder()
    file = folder / "1.bin"
    data = bytes(range(256)) * 40_000  # more than a buffer
    file.write([data])
    with file.open() as stream:
        assert stream.seek(0, os.SEEK_END) == len(data)
        assert stream.read() == b""
        stream.seek(9_000_000)
        assert stream.read(300) == data[9_000_000:9_000_300]
        stream.seek(-5, os.SEEK_CUR)
        assert stream.tell() == 9_000_295
        stream.seek(0)
        assert stream.read() == data


def test_an_empty_file(folder: Location) -> None:
    folder.make_folder()
    file = folder / "empty"
    file.write([])
    assert (file.size(), file.read(), file.read(0, 5)) == (0, b"", b"")
    with file.open() as stream:
        assert stream.read() == b""


def test_writing_replaces(folder: Location) -> None:
    folder.make_folder()
    file = folder / "1.bin"
    file.write([b"before"])
    fingerprint = file.fingerprint()
    assert fingerprint == file.fingerprint()
    file.write([b"after!"])
    assert file.read() == b"after!"
    assert file.fingerprint() != fingerprint


def test_children_are_not_recursive(folder: Location) -> None:
    assert folder.children() == []
    for name in ("b/1", "b/2", "a", "c/d/3"):
        (folder / name).parent.make_folder()
        (folder / name).write([b"x"])
    assert folder.children() == ["a", "b", "c"]
    assert (folder / "c").children() == ["d"]
    assert (folder / "none").children() == []


def test_deleting(folder: Location) -> None:
    for name in ("a", "b/1", "b/c/2"):
        (folder / name).parent.make_folder()
        (folder / name).write([b"x"])
    (folder / "a").delete()
    (folder / "a").delete()  # no error
    assert folder.children() == ["b"]
    (folder / "b").delete_folder()
    (folder / "b").delete_folder()
    assert folder.children() == []


@pytest.mark.parametrize("failing", ["at the start", "in the middle"])
def test_failed_write_leaves_nothing_behind(folder: Location, failing: str) -> None:
    folder.make_folder()
    (folder / "kept").write([b"before"])

    def pieces() -> Iterator[bytes]:
        if failing == "in the middle":
            yield b"x" * (40 << 20)  # enough to begin an upload
        raise ZeroDivisionError

    for name in ("new", "kept"):
        with pytest.raises(ZeroDivisionError):
            (folder / name).write(pieces())
    assert folder.children() == ["kept"]
    assert (folder / "kept").read() == b"before"


def test_an_object_larger_than_one_upload(store: ObjectStore) -> None:
    file = store.with_new_bucket().location("large")
    pieces = [bytes([number]) * (3 << 20) for number in range(15)]
    seen = []

    def watched() -> Iterator[bytes]:
        for piece in pieces:
            seen.append(file.exists())
            yield piece

    file.write(watched())
    assert not any(seen)  # it does not exist until it is complete
    assert file.read() == b"".join(pieces)


def test_only_one_exclusive_creation_succeeds(folder: Location) -> None:
    folder.make_folder()
    lock = folder / "lock"
    with ThreadPoolExecutor(6) as pool:
        created = list(pool.map(lambda number: lock.create_exclusively(b"%d" % number), range(6)))
    assert sum(created) == 1
    assert lock.read() == b"%d" % created.index(True)
    assert not lock.create_exclusively(b"late")
    lock.delete()
    assert lock.create_exclusively(b"again")


def test_exclusive_creation_without_conditional_uploads() -> None:
    lock = Location.of("memory://run/locks/lock")
    assert lock.create_exclusively(b"one")
    assert not lock.create_exclusively(b"two")
    assert lock.read() == b"one"
    lock.parent.delete_folder()


def test_other_file_systems_have_folders() -> None:
    folder = Location.of("memory://run/2/parts")
    folder.make_folder()
    assert folder.exists()
    (folder / "1").write([b"x" * (20 << 20)])
    assert folder.children() == ["1"]
    folder.parent.delete_folder()
    assert not folder.exists()


# Errors


def test_reading_a_missing_file(folder: Location) -> None:
    file = folder / "none.bin"
    for read in (file.size, file.fingerprint, file.read, lambda: file.read(3, 9), lambda: file.open().read()):
        with pytest.raises(SourceError, match=r"there is no file '.*none\.bin'"):
            read()


def test_reading_a_folder_as_a_file(folder: Location) -> None:
    (folder / "inner").make_folder()
    (folder / "inner" / "1").write([b"x"])
    with pytest.raises(SourceError, match=r"inner"):
        (folder / "inner").read()


def test_missing_bucket(store: ObjectStore) -> None:
    file = Location.of("s3://no-such-bucket/news/1.bin", store.storage_options)
    with pytest.raises(CorpusError, match=r"cannot write 's3://no-such-bucket/news/1\.bin': .*bucket"):
        file.write([b"x"])
    with pytest.raises(SourceError, match=r"there is no file 's3://no-such-bucket"):
        file.read()
    file.parent.make_folder()
    assert not file.parent.parent.exists()  # no bucket was created on the way


def test_unreachable_store() -> None:
    options = {
        "key": "test",
        "secret": "s3cr3t",
        "client_kwargs": {"endpoint_url": "http://127.0.0.1:9"},
        "config_kwargs": {"retries": {"max_attempts": 0}, "connect_timeout": 1},
    }
    file = Location.of("s3://bucket/1.bin", options)
    with pytest.raises(SourceError, match=r"cannot read 's3://bucket/1\.bin'") as caught:
        file.read()
    assert "s3cr3t" not in str(caught.value)


def test_unknown_storage_options(store: ObjectStore) -> None:
    file = Location.of(f"{store.url}/1.bin", {**store.storage_options, "nonsense": 5})
    with pytest.raises(SourceError, match="nonsense"):
        file.size()


def test_unknown_url_scheme() -> None:
    with pytest.raises(SourceError, match="cannot read 'nonsense://bucket/1': Protocol not known"):
        Location.of("nonsense://bucket/1").read()


def test_missing_fsspec_names_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(CorpusKitError, match=r'pip install "arabic-corpus-kit\[cluster\]"'):
        Location.of("s3://bucket/1").read()
    local = Location.of(tmp_path) / "1"
    local.write([b"x"])
    assert local.read() == b"x"


def test_missing_package_of_a_url_scheme_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec

    monkeypatch.setitem(sys.modules, "gcsfs", None)
    fsspec.registry  # noqa: B018  # loaded before the package is hidden
    with pytest.raises(CorpusKitError, match=r"cannot reach 'gs://bucket/1': .*gcsfs"):
        Location.of("gs://bucket/1").read()


def test_local_paths_do_not_load_fsspec(tmp_path: Path) -> None:
    code = (
        "import sys; from corpus_kit.scale.locations import Location\n"
        "file = Location.of(sys.argv[1]) / 'x'; file.write([b'1']); file.read(); file.parent.children()\n"
        "assert not {'fsspec', 's3fs'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def no_room(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", no_room)
    file = Location.of(tmp_path) / "part.arrow"
    with pytest.raises(CorpusError, match=r"no space is left for '.*part\.arrow'.* to resume"):
        file.write([b"x"])
    assert file.parent.children() == []


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
def test_file_size_limit(tmp_path: Path) -> None:
    code = (
        "import resource, sys; from corpus_kit.scale.locations import Location\n"
        "from corpus_kit.errors import CorpusError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "file = Location.of(sys.argv[1]) / 'part'\n"
        "try: file.write([b'x' * 50_000] * 5)\n"
        "except CorpusError as error: print(error, file.parent.children())"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True, text=True)
    assert f"cannot write '{tmp_path}/part': File too large []" in run.stdout


def test_missing_folder_and_file_in_place_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"cannot write '.*none/part': No such file"):
        (Location.of(tmp_path) / "none" / "part").write([b"x"])
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CorpusError, match="cannot write"):
        (Location.of(tmp_path) / "file" / "part").make_folder()
    with pytest.raises(CorpusError, match="cannot delete"):
        (Location.of(tmp_path) / "file").delete_folder()


def test_unwritable_lock(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"cannot write '.*none/lock'"):
        (Location.of(tmp_path) / "none" / "lock").create_exclusively(b"x")


def test_roots_cannot_be_deleted(store: ObjectStore) -> None:
    for root in (Location.of("/"), Location.of(store.url, store.storage_options)):
        with pytest.raises(CorpusError, match="is a bucket or the root"):
            root.delete_folder()
    assert Location.of(store.url, store.storage_options).exists()


def test_a_temporary_file_is_hidden_and_named_after_its_target(tmp_path: Path) -> None:
    file = Location.of(tmp_path) / "part"
    names: list[str] = []

    def pieces() -> Iterator[bytes]:
        names.extend(file.parent.children())
        yield b"x"

    file.write(pieces())
    assert len(names) == 1
    assert names[0].startswith(".part.")
    assert names[0].endswith(".part")
