"""The champion in the registry, and what serves."""

from tests.engines.deployment.world import World


def test_who_goes_back_is_told_to_deploy_too(world: World) -> None:
    said = ""
    for arguments in (("--version", "1"), ("--version", "2"), ("--back",)):
        code, said = world.run("promote", *arguments, MLOPS_ENV="staging")
        assert code == 0, said
    assert "what serves is another matter: make deploy VERSION=1" in said
