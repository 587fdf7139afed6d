from dataclasses import replace

from ml_platform.core.facts import CheckFact, CheckName, Facts, Request
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.situations import champion, day, seen

DRIFT = CheckName.DRIFT


def test_facts_survive_being_recorded() -> None:
    request = Request("r1", "Ada", "why not", {"max_depth": 3, "tree_method": "hist"})
    facts = replace(champion(seen(DRIFT, "pwf-")), requests=(request,))
    assert Facts.from_json(facts.to_json()) == facts


def test_a_partition_judged_again_counts_once_with_its_last_verdict() -> None:
    facts = champion(seen(DRIFT, "pf"), seen(DRIFT, "p", first=2))
    assert [fact.verdict for fact in facts.history(DRIFT)] == [Verdict.PASSED, Verdict.PASSED]


def test_a_promotion_divides_what_concerns_the_champion() -> None:
    facts = champion(seen(DRIFT, "pp-pp-p", first=-3))
    assert [fact.partition for fact in facts.before_champion(DRIFT)] == [day(-3), day(-2), day(0)]
    assert [fact.partition for fact in facts.of_champion(DRIFT)] == [day(1), day(3)]


def test_without_a_champion_everything_is_after_its_promotion() -> None:
    facts = replace(champion(seen(DRIFT, "p", first=-3)), champion_since=None)
    assert len(facts.of_champion(DRIFT)) == 1
    assert facts.before_champion(DRIFT) == ()


def test_a_check_without_a_summary_names_itself_and_its_table() -> None:
    fact = CheckFact(CheckName.SCORE_DRIFT, day(1), Verdict.NOT_EVALUATED, subject="weather")
    assert fact.said == "score drift of weather not evaluated"
    assert replace(fact, subject="").said == "score drift not evaluated"


def test_a_fact_that_names_its_version_concerns_that_version_whenever_it_was() -> None:
    of_two = CheckFact(
        CheckName.PERFORMANCE, "2013-02-03", Verdict.FAILED, subject="a", model_version="2"
    )
    of_one = CheckFact(
        CheckName.PERFORMANCE, "2013-02-09", Verdict.FAILED, subject="b", model_version="1"
    )
    facts = Facts(
        model="m",
        as_of="2013-02-09",
        labelled_rows=0,
        min_rows=1,
        champion_version="2",
        champion_since="2013-02-05",
        checks=(of_two, of_one),
    )

    assert facts.of_champion(CheckName.PERFORMANCE) == (of_two,)
    assert facts.before_champion(CheckName.PERFORMANCE) == (of_one,)


def test_the_newest_evaluated_fact_answers_a_watched_check() -> None:
    facts = champion(seen(DRIFT, "pf-"), seen(CheckName.PERFORMANCE, "-"))
    newest = facts.newest(DRIFT)
    assert newest is not None
    assert newest.partition == day(2)
    assert facts.newest(CheckName.PERFORMANCE) is None
    assert facts.never_evaluated() == (
        CheckName.SCORE_DRIFT,
        CheckName.UNSEEN,
        CheckName.PERFORMANCE,
    )
    watched = replace(facts, watched=(DRIFT, CheckName.CONCEPT_DRIFT))
    assert watched.never_evaluated() == (CheckName.CONCEPT_DRIFT,)


def test_facts_recorded_before_a_check_existed_read_as_facts_that_did_not_ask_for_it() -> None:
    facts = champion(seen(DRIFT, "pf"))
    kept = facts.to_json()
    del kept["learnable_through"], kept["watched"]
    assert Facts.from_json(kept) == facts
