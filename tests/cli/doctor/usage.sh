# Its own options: on the command line and in the file.
. "$CASES/doctor-lib"
doctor --format yaml
doctor somewhere
printf '[doctor]\nformat = json\n' >my.conf
doctor --config my.conf | cut -c 1-30
printf '[doctor]\nformat = xml\n' >my.conf
doctor --config my.conf
