import pytest
import tally


@pytest.fixture
def folder(tmp_path):
    """Writes JUnit files: folder(ctest="a+ b-") has the cases a, passed, and b, failed."""

    def write(**files: str):
        for name, marks in files.items():
            cases = "".join(
                f'<testcase name="{m[:-1]}">{"<failure/>" if m[-1] == "-" else ""}</testcase>'
                for m in marks.split()
            )
            (tmp_path / f"{name}.xml").write_text(f"<testsuite>{cases}</testsuite>")
        return tmp_path

    return write


def test_counts_the_cases_of_pytest(folder):
    assert tally.tally(folder(pytest="a+ b+ c-"), 1) == (2, 1)


def test_counts_cases_rather_than_programs(folder):
    assert tally.tally(folder(ctest="http_test+", http_test="a+ b+"), 0) == (2, 0)


def test_a_failed_case_is_not_counted_again_for_its_program(folder):
    assert tally.tally(folder(ctest="http_test-", http_test="a+ b-"), 8) == (1, 1)


def test_a_program_that_died_is_a_failure(folder):
    assert tally.tally(folder(ctest="http_test- redis_test+", redis_test="a+"), 8) == (
        1,
        1,
    )


def test_a_program_that_died_after_its_cases_is_a_failure(folder):
    assert tally.tally(folder(ctest="http_test-", http_test="a+"), 8) == (1, 1)


def test_a_program_that_died_while_writing_is_a_failure(folder):
    place = folder(ctest="http_test-")
    (place / "http_test.xml").write_text("<testsuite><testcase")
    assert tally.tally(place, 8) == (0, 1)


def test_skipped_cases_count_as_neither(tmp_path):
    (tmp_path / "pytest.xml").write_text(
        '<testsuite><testcase name="a"><skipped/></testcase><testcase name="b"/></testsuite>'
    )
    assert tally.tally(tmp_path, 0) == (1, 0)


@pytest.mark.parametrize("status", [0, 1, 2, 124])
def test_no_result_at_all_is_a_failure(tmp_path, status):
    assert tally.tally(tmp_path, status) == (0, 1)


def test_a_bad_status_without_a_failed_case_is_a_failure(folder):
    assert tally.tally(folder(pytest="a+"), 3) == (1, 1)


@pytest.mark.parametrize(
    ("said", "status", "counts"),
    [
        ("1 passed, 9 failed\n12 passed, 0 failed, 3 skipped\n", 0, (12, 0)),
        ("12 passed, 2 failed, 3 skipped\nnot explained: x\n", 1, (12, 2)),
        ("12 passed, 2 failed, 3 skipped\n", 0, (12, 0)),
        ("12 passed, 0 failed\nTraceback\n", 1, (12, 1)),
        ("0 passed, 0 failed, 12 skipped\n", 0, (0, 1)),
        ("cannot be fetched\n", 1, (0, 1)),
        ("", 0, (0, 1)),
    ],
)
def test_a_log_tells_by_its_last_counts(tmp_path, said, status, counts):
    log = tmp_path / "log"
    log.write_text(said)
    assert tally.told(log, status) == counts
