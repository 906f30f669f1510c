"""What each stage of the trip shows and asks, said once for every face. Pure but for `work`."""
