// The room's first file goes here.
