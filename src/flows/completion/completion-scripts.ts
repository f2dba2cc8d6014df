export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export type Shell = (typeof SHELLS)[number];

/** A script to load into a shell. It asks `mcpctl completion --words <shell> -- <typed words>` at each completion. */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell].trim();
}

/** The words as the shell's script reads them: one a line, with a tab before the description. */
export function printCandidates(
  candidates: readonly { readonly word: string; readonly description: string }[],
  { shell, current }: { readonly shell: Shell; readonly current: string },
): string {
  return candidates
    .map(({ word, description }) => {
      if (shell !== 'bash') return `${word}\t${description}`;
      // Bash breaks words at "=" (unless told otherwise), so only what follows it is replaced.
      return /^--[^=]+=/.test(word) && !current.startsWith('--') ? word.slice(word.indexOf('=') + 1) : word;
    })
    .join('\n');
}

const SCRIPTS: Readonly<Record<Shell, string>> = {
  // macOS has bash 3.2: no mapfile. compgen -W would run what a name in a manifest contains.
  bash: `
# mcpctl completion for bash. To load it: source <(mcpctl completion bash)
_mcpctl() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    [[ -n $word ]] && COMPREPLY+=("$word")
  done < <(mcpctl completion --words bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _mcpctl mcpctl
`,
  zsh: `
#compdef mcpctl
# mcpctl completion for zsh. To load it: source <(mcpctl completion zsh)
_mcpctl() {
  local line
  local -a found shown
  while IFS= read -r line; do
    [[ -n $line ]] || continue
    found+=("\${line%%$'\\t'*}")
    shown+=("\${line%%$'\\t'*}  \${line#*$'\\t'}")
  done < <(mcpctl completion --words zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then
    compadd -l -d shown -a found
  else
    _files
  fi
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _mcpctl "$@"
else
  compdef _mcpctl mcpctl
fi
`,
  fish: `
# mcpctl completion for fish. To load it: mcpctl completion fish | source
function __mcpctl_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l found (mcpctl completion --words fish -- $words[2..-1] "$current" 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path "$current"
  end
end
complete -c mcpctl -f -a '(__mcpctl_complete)'
`,
  // Windows PowerShell drops empty arguments, so --new-word stands for one.
  powershell: `
# mcpctl completion for PowerShell. To load it: mcpctl completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName mcpctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  $flags = @('--words', 'powershell')
  if ($wordToComplete -eq '') { $flags += '--new-word' }
  & mcpctl completion @flags -- @words 2>$null | Where-Object { $_ } | ForEach-Object {
    $word, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
  }
}
`,
};
