pytest_plugins = ["kontor_testing.plugin"]
