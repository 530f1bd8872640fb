"""Who gets a slot when not everybody can have one: order, fairness, ageing, preemption."""
