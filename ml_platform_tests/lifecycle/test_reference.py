"""What a training makes windows out of: all days that the champion's first windows begin with."""

from ml_platform.lifecycle.reference import days_to_profile


def test_days_whose_labels_are_still_to_come_are_profiled_with_those_learned_from() -> None:
    features = [f"2013-02-{day:02}" for day in range(1, 29)]
    learned = ["2013-02-10", "2013-02-11", "2013-02-13"]

    assert days_to_profile(learned, features, "2013-02-15") == features[9:15]
    # A retraining that nobody decided on knows of no later day.
    assert days_to_profile(learned, features, "") == learned
    assert days_to_profile(learned, features[:12], "2013-02-15") == [*features[9:12], learned[-1]]
