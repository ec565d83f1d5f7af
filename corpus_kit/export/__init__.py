"""Tables in files, with the record that lets their numbers be cited."""
