/**
 * Text from outside, made visible: for the window, the terminal, reports and the clipboard. Pure. Characters that change the
 * order of others, take no space, or control a terminal are shown as marks such as ⟨U+202E⟩. By Unicode UTS #39 (section 3.1)
 * and UTS #55 (section 5.2): control, default-ignorable and unassigned-forever characters, line separators, and the blank U+2800.
 */

/** Not a line feed or a tab: they are layout. */
const hidden = String.raw`[[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb\u2800]--[\n\t]]`

/** Scripts in which joiners change the shape of letters (UAX #31, R1a). */
const joining = [
  ...['Arabic', 'Syriac', 'Mongolian', 'Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu'],
  ...['Kannada', 'Malayalam', 'Sinhala', 'Khmer', 'Myanmar'],
]
const joinable = `[[${joining.map((script) => `\\p{Script=${script}}`).join('')}]--\\p{Default_Ignorable_Code_Point}]`

/** Legitimate uses: line ends, emoji, joiners between letters of a joining script, one variation selector after an ideograph. */
const legitimate = [
  String.raw`\r\n`,
  String.raw`\p{RGI_Emoji}`,
  String.raw`(?<=${joinable}\p{Mn}*)[\u200c\u200d](?=${joinable})`,
  String.raw`\p{Ideographic}[\ufe00-\ufe02\u{e0100}-\u{e01ef}]`,
].join('|')

/** Whatever is not a visible character or a space, whether or not it has a legitimate use. */
const everyUnseen = /[[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]--[ ]]/gv

const anyHidden = new RegExp(hidden, 'v')
const everyHidden = new RegExp(`(?<legitimate>${legitimate})|${hidden}`, 'gv')
const escaped = new RegExp(hidden, 'gv')

const markOf = (character: string): string =>
  `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`

/** The text with marks instead of hidden characters. The same for its own result. */
export const visibleText = (text: string): string =>
  anyHidden.test(text)
    ? text.replace(everyHidden, (found, legitimately?: string) => legitimately ?? markOf(found))
    : text

/**
 * The strict form, on one line, for what the user decides about: names, commands, destinations. Also line ends, unusual spaces,
 * unassigned characters, and joiners of emoji and letters have marks.
 */
export const exactText = (text: string): string => text.replace(everyUnseen, markOf)

/** JSON with escapes instead of hidden characters: it means exactly the same. */
export const visibleJson = (json: string): string =>
  json.replace(escaped, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  )

const shellHead = "# From Hangar's report"
const shellTail = "# End of Hangar's report"

/**
 * Text of which a shell runs nothing when it is pasted, and then `commands`, each as a comment. Every line is a comment in sh,
 * bash, fish and PowerShell. In a zsh, where "#" is not a comment at the prompt, the apostrophes of the first and the last line
 * quote all between them, which has no apostrophe of its own.
 */
export const pasteSafe = (text: string, commands: readonly string[] = []): string =>
  [
    shellHead,
    ...visibleText(text)
      .replaceAll('\t', ' ')
      .replaceAll("'", '’')
      .split(/\r?\n/)
      .map((line) => `# ${line}`.trimEnd()),
    shellTail,
    ...commands.map((command) => `# ${command}`),
  ].join('\n')
