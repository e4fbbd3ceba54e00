import type { SHELLS } from './shells.ts';

/*
 * Each script asks `mooring __complete "=<word at the cursor>" <words before it…>`, which answers with one candidate
 * a line, or `:file`. The `=` keeps an empty word from being dropped by shells that drop empty arguments.
 */

const bash = `# bash completion for mooring: eval "$(mooring completion bash)"
_mooring() {
  local program="\${COMP_WORDS[0]}" current="\${COMP_WORDS[COMP_CWORD]}" word about
  COMPREPLY=()
  while IFS=$'\\t' read -r word about; do
    if [ "$word" = ':file' ]; then
      compopt -o default 2>/dev/null
      return
    fi
    COMPREPLY+=("$(printf '%q' "$word")")
  done < <("$program" __complete "=$current" "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -F _mooring mooring
`;

const zsh = `#compdef mooring
# zsh completion for mooring: put it into a folder of $fpath as _mooring, or eval it after compinit
_mooring() {
  local -a lines found
  local line
  lines=("\${(@f)$("\${(Q)words[1]}" __complete "=\${(Q)words[CURRENT]}" "\${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == ':file' ]]; then
    _files
    return
  fi
  for line in $lines; do
    if [[ "$line" == *$'\\t'* ]]; then
      found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    else
      found+=("\${line//:/\\\\:}")
    fi
  done
  _describe 'mooring' found
}
if [[ "\${funcstack[1]}" == '_mooring' ]]; then
  _mooring "$@"
else
  compdef _mooring mooring
fi
`;

const fish = `# fish completion for mooring: put it into ~/.config/fish/completions/mooring.fish
function __mooring_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($before[1] __complete "=$current" $before[2..-1] 2>/dev/null)
    if test "$found[1]" = ':file'
        __fish_complete_path "$current"
    else
        printf '%s\\n' $found
    end
end
complete -c mooring -f -a '(__mooring_complete)'
`;

const powershell = `# PowerShell completion for mooring: mooring completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName mooring -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    $program = $commandAst.GetCommandName()
    & $program __complete "=$wordToComplete" @before | ForEach-Object {
        $word, $about = $_ -split "\`t", 2
        if ($word -ne ':file') {
            $text = if ($word -match "[\\s']") { "'" + $word.Replace("'", "''") + "'" } else { $word }
            $tip = if ($about) { $about } else { $word }
            [System.Management.Automation.CompletionResult]::new($text, $word, 'ParameterValue', $tip)
        }
    }
}
`;

/** The script of each shell. */
export const COMPLETION_SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash,
  zsh,
  fish,
  powershell,
};
