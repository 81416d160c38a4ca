"""The action server: rasa-sdk on loopback. The SDK's own runner would listen on all addresses."""

from __future__ import annotations

from rasa_sdk.endpoint import create_app

from actions.services import services
from processes.logs import quiet_logs
from settings import Settings


def main() -> None:
    """Serve the actions until stopped."""
    settings = Settings.from_environment()
    quiet_logs()
    services()  # a wrong data file is found now, not in the middle of a conversation
    app = create_app("actions", cors_origins=[])
    app.run("127.0.0.1", settings.action_port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
