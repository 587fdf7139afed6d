import pytest

# These assert too; without this a failure would not say what it compared.
pytest.register_assert_rewrite(
    "ml_platform_tests.end_to_end.bad_input", "ml_platform_tests.end_to_end.surroundings"
)
