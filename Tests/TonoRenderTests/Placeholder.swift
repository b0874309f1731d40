// The room's first test goes here.
