"""A network on this machine: registry, gateway and a buyer's app, around one house."""
