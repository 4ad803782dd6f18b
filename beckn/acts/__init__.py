"""What the network may do: each act is one of booking's, under the rights of all."""
