#!/bin/sh
# Stands in for any program of the documentation: writes down its name and arguments, and says what the real one would.
name=${0##*/}
{
  printf '%s' "$name${DISCORD_TOKEN:+ with the token}"
  for argument in "$@"; do printf ' <%s>' "$argument"; done
  printf '\n'
} >> "$STUB_CALLS"
case "$name $*" in
  "aws sts get-caller-identity"*) echo 123456789012 ;;
  "aws "*"--query"*"[]"*) if [ "$STUB_ACCOUNT" = used ]; then printf 'doorman-one\tdoorman-two\n'; fi ;;
  "aws "*"--query"*) if [ "$STUB_ACCOUNT" = used ]; then echo doorman-one; else echo None; fi ;;
  "aws "*) echo '{}' ;;
  "doorman "*"policy --into "*) mkdir -p policies && for part in base nat-window; do echo '{}' > "policies/$part.json"; done ;;
esac
