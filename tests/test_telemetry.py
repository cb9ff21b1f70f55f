"""Usage telemetry of dependencies."""

from .conftest import fresh_python


def test_openvino_telemetry_cannot_be_imported_afterwards() -> None:
    """Its users fall back to sending nothing."""
    code = """if True:
        from edgebreed import telemetry

        telemetry.disable()
        try:
            import openvino_telemetry
        except ImportError:
            print("disabled")
    """
    assert "disabled" == fresh_python(code).strip()
