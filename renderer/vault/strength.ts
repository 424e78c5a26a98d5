export type Strength = 'weak' | 'fair' | 'strong'

/** What every list of guesses begins with. */
const common =
  /password|passwort|passphrase|qwerty|qwertz|asdf|letmein|welcome|hangar|admin|secret|login|iloveyou|monkey|dragon|changeme|(19|20)\d\d/g
/** A person's word is one of about 2^13 (a list of Diceware has 7,776). */
const bitsOfWord = 13
const fairBits = 45
const strongBits = 60

const alphabets = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/\d/, 10],
  [/[^a-zA-Z\d\s]/, 32],
] as const

/** Whether a person would choose these letters: random ones have few vowels. */
function isWord(letters: string): boolean {
  const vowels = letters.match(/[aeiouyäöü]/g)?.length ?? 0
  return letters.length > 2 && letters.length <= 14 && vowels >= letters.length / 5
}

/** Characters that do not follow from the one before: "aaaa" and "4321" have one. */
const surprising = (text: string): number =>
  [...text].filter((character, at, all) => {
    const before = all[at - 1]?.codePointAt(0)
    return before === undefined || Math.abs((character.codePointAt(0) ?? 0) - before) > 1
  }).length

/** How long guessing takes, as a rough estimate that is rather too low (ADR 25). Pure. */
export function strengthOf(passphrase: string): Strength {
  const size = alphabets.reduce((sum, [pattern, characters]) => sum + (pattern.test(passphrase) ? characters : 0), 0)
  const bitsOfCharacter = Math.log2(Math.max(2, size))
  const plain = passphrase.toLowerCase().replaceAll(common, 'x')
  // Each part counts once: what is repeated is guessed with it.
  const parts = new Set(plain.match(/\p{L}+|[^\p{L}\s]+/gu))
  const bits = [...parts].reduce((sum, part) => {
    const ofCharacters = surprising(part) * bitsOfCharacter
    return sum + (isWord(part) ? Math.min(bitsOfWord, ofCharacters) : ofCharacters)
  }, 0)
  if (bits < fairBits) return 'weak'
  return bits < strongBits ? 'fair' : 'strong'
}
