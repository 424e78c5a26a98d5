module hangar.test/pebble

go 1.26.0

require github.com/letsencrypt/pebble/v2 v2.10.1 // indirect
