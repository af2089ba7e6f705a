import type { CompletionNode } from './completion-tree.ts';

/*
 * All three scripts walk the words typed so far down to a command, then offer what may follow it. Names are ours (letters, digits, dashes);
 * descriptions are quoted.
 */
const pathsBelow = (tree: readonly CompletionNode[]): string[] => tree.slice(1).map(({ path }) => path);
const wordsAfter = ({ commands, options, values }: CompletionNode): string[] => [...commands.map(({ name }) => name), ...values, ...options.map(({ name }) => name)];
const valueOptions = (tree: readonly CompletionNode[]): { path: string; name: string; values: readonly string[] }[] =>
  tree.flatMap(({ path, options }) => options.filter(({ takesValue }) => takesValue).map(({ name, values }) => ({ path, name, values })));

/** Offers files wherever nothing else fits: after an option that takes a value, and for arguments. */
export function bashCompletion(tree: readonly CompletionNode[]): string {
  return `# bash completion of vsys
_vsys() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path=vsys words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path \${COMP_WORDS[i]}" in
      ${pathsBelow(tree).map((path) => `'${path}'`).join('|')}) path="$path \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $previous" in
${valueOptions(tree).map(({ path, name, values }) => `    '${path} ${name}') words='${values.join(' ')}' ;;`).join('\n')}
    *)
      case "$path" in
${tree.map((node) => `        '${node.path}') words='${wordsAfter(node).join(' ')}' ;;`).join('\n')}
      esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _vsys vsys
`;
}

export function zshCompletion(tree: readonly CompletionNode[]): string {
  const described = (items: readonly { name: string; about: string }[]): string => items.map(({ name, about }) => zshQuote(`${name}:${about}`)).join(' ');
  return `#compdef vsys
# zsh completion of vsys
_vsys() {
  local place=vsys files i
  local -a items
  for ((i = 2; i < CURRENT; i++)); do
    case "$place \${words[i]}" in
      ${pathsBelow(tree).map((path) => `'${path}'`).join('|')}) place="$place \${words[i]}" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${valueOptions(tree).map(({ path, name, values }) => `    '${path} ${name}') ${values.length === 0 ? '_files' : `compadd -- ${values.join(' ')}`}; return ;;`).join('\n')}
  esac
  case "$place" in
${tree.map(({ path, commands, options, values }) => {
    const items = described([...commands, ...values.map((name) => ({ name, about: '' })), ...options]);
    // Arguments of a command are files, unless it names their values.
    return `    '${path}') items=(${items})${commands.length + values.length === 0 ? ' files=yes' : ''} ;;`;
  }).join('\n')}
  esac
  if [[ -n "$files" && "\${words[CURRENT]}" != -* ]]; then _files; else _describe vsys items; fi
}
if [[ "$funcstack[1]" == _vsys ]]; then _vsys "$@"; else compdef _vsys vsys; fi
`;
}

export function fishCompletion(tree: readonly CompletionNode[]): string {
  const lines = tree.flatMap(({ path, commands, options, values }) => {
    const here = `complete -c vsys -n 'test (__vsys_path) = "${path}"'`;
    return [
      ...commands.map(({ name, about }) => `${here} -f -a ${name} -d ${fishQuote(about)}`),
      ...values.map((value) => `${here} -f -a ${value}`),
      ...options.map(({ name, about, takesValue, values: of }) => `${here} -l ${name.slice(2)}${takesValue ? ' -r' : ''}${of.length === 0 ? '' : ` -f -a '${of.join(' ')}'`} -d ${fishQuote(about)}`),
    ];
  });
  return `# fish completion of vsys
function __vsys_path
    set -l path vsys
    for word in (commandline -opc)[2..]
        switch "$path $word"
            case ${pathsBelow(tree).map((path) => `'${path}'`).join(' ')}
                set path "$path $word"
        end
    end
    echo $path
end
${lines.join('\n')}
`;
}

/** `_describe` takes a colon as the end of the name. */
function zshQuote(text: string): string {
  const [name, ...about] = text.split(':');
  return `'${`${name}:${about.join('\\:')}`.replaceAll("'", "'\\''")}'`;
}

const fishQuote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
