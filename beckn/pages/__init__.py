"""What staff see of the network: who said what, what is stuck, what is proved."""
