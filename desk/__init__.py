"""What offices use: the bureaus' API and the hotline's pages, two aiohttp sub-applications."""
