#!/bin/bash
# Installs what `make install` has built below a prefix: command, manual page, completions, seeds.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${1:?the prefix, such as /usr/local}
command=.build/release/tonoscope

install -D "$command" "$prefix/bin/tonoscope"

swift package --scratch-path .build plugin generate-manual >/dev/null
manual=$(find .build/plugins -name 'tonoscope.1' -print -quit)
install -D -m 644 "$manual" "$prefix/share/man/man1/tonoscope.1"

complete() { # SHELL FILE
  mkdir -p "$(dirname "$2")"
  "$command" --generate-completion-script "$1" > "$2"
}
complete bash "$prefix/share/bash-completion/completions/tonoscope"
complete zsh "$prefix/share/zsh/site-functions/_tonoscope"
complete fish "$prefix/share/fish/vendor_completions.d/tonoscope.fish"

for seed in seeds/*; do
  install -D -m 644 "$seed" "$prefix/share/tonoscope/$seed"
done

cat <<END
installed in $prefix:
  bin/tonoscope
  share/man/man1/tonoscope.1                       man tonoscope
  share/bash-completion, share/zsh, share/fish     completions
  share/tonoscope/seeds                            trained networks to begin with
END
