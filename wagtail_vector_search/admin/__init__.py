"""What editors and site owners see of search in the Wagtail admin: a package for each place."""
