import pytest

pytest.register_assert_rewrite("tests.integration.items_contract")
