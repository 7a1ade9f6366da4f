#!/bin/bash
# What a shell offers behind Tab: run.sh PATH-TO-LOCKSMITH. Asks each shell that is installed for its candidates. Called by ctest.
set -u
program=$1
folder=$(dirname "$program")
PATH="$folder:$PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 asked=0
check() { # SHELL LINE WANTED, the candidates on standard input
  asked=$((asked + 1))
  if ! tr ' ' '\n' | grep -qx -- "$3"; then
    echo "$1: behind \"$2\" there is no $3"
    failed=$((failed + 1))
  fi
}

for shell in bash zsh fish; do
  "$program" completions "$shell" >"$work/$shell" || { echo "completions $shell failed"; exit 1; }
done

ask_bash() {
  bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _locksmith; printf "%s\n" "${COMPREPLY[@]}"' - "$work/bash" "$@"
}
check bash 'locksmith do' doctor < <(ask_bash locksmith do)
check bash 'locksmith doctor --of' --offline < <(ask_bash locksmith doctor --of)
check bash 'locksmith keys c' create < <(ask_bash locksmith keys c)
check bash 'locksmith keys create --na' --name < <(ask_bash locksmith keys create --na)
check bash 'locksmith emulate --tls-variant ex' expired < <(ask_bash locksmith emulate --tls-variant ex)
check bash 'locksmith completions f' fish < <(ask_bash locksmith completions f)

if command -v zsh >/dev/null; then
  # Completion functions run inside a widget only; what they add is seen by standing in for compadd.
  ask_zsh() {
    zsh -fc 'compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { :; }; . "$1"; shift; words=("$@"); CURRENT=$#; _locksmith' - "$work/zsh" "$@"
  }
  check zsh 'locksmith do' doctor < <(ask_zsh locksmith do)
  check zsh 'locksmith keys c' create < <(ask_zsh locksmith keys c)
  check zsh 'locksmith doctor --of' --offline < <(ask_zsh locksmith doctor --of)
fi
if command -v fish >/dev/null; then
  ask_fish() { fish --no-config -c '. $argv[1]; complete -C $argv[2]' "$work/fish" "$1" | cut -f1; }
  check fish 'locksmith do' doctor < <(ask_fish 'locksmith do')
  check fish 'locksmith keys c' create < <(ask_fish 'locksmith keys c')
  check fish 'locksmith doctor --of' --offline < <(ask_fish 'locksmith doctor --of')
fi

# The manual page names each command and has no line that its formatter would take for a request of its own.
"$program" completions man >"$work/locksmith.1"
for command in doctor diagnose explain serve keys; do
  grep -q "^.Ss locksmith $command" "$work/locksmith.1" || { echo "the manual page lacks $command"; failed=$((failed + 1)); }
done
if command -v mandoc >/dev/null; then
  mandoc -Tlint -Werror "$work/locksmith.1" || failed=$((failed + 1))
fi
[ "$failed" -eq 0 ] || exit 1
echo "$asked candidates asked for"
