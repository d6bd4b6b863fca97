"""`aftercare demo`: the main job once, act by act, in a made-up world, through everyone's doors."""
