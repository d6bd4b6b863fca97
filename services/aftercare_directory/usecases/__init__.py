"""What the directory does for those who call it; each within one transaction unless it says otherwise."""
