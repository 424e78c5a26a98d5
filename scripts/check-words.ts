import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { run } from './run.ts'

/**
 * Finds words that the glossary replaced, in identifiers, strings, comments and documents. The list has only words that
 * are wrong in any context; everything else is for review. `node scripts/check-words.ts [PATH…]`; exit code 1 on a
 * finding, and where a pattern does not find its own example.
 */
interface Entry {
  readonly find: RegExp
  readonly write: string
  /** A text that the pattern must find. */
  readonly example: string
}

export const entries: readonly Entry[] = [
  { find: /\bmend(?:s|ed|ing)?\b/i, write: 'fix; recovered (of a connection)', example: 'until it is mended' },
  { find: /\bfar[- ]?(?:end|side)s?\b|\bfar(?:End|Side)s?\b/i, write: 'server, peer, remote', example: 'the far end' },
  { find: /\bspeakers?\b|[a-z]Speakers?\b/i, write: 'server, protocol', example: 'the expected speaker' },
  {
    find: /\btold ?apart\b|\btell(?:s|ing)? (?:\w+ )?apart\b|toldApart/i,
    write: 'distinguish, distinguishedBy',
    example: 'toldApart',
  },
  { find: /\buntold\b/i, write: 'pending, not reported', example: 'untold' },
  { find: /\bfixedBy\b/, write: 'owner', example: 'fixedBy' },
  { find: /\bdeeds?\b/i, write: 'actions', example: 'deeds' },
  { find: /\bcrews?\b/i, write: 'ready pods', example: 'crews' },
  { find: /\bturnstiles?\b/i, write: 'admission limiter', example: 'turnstile' },
  { find: /\blenders?\b|\blent\b/i, write: 'exec candidates', example: 'lender' },
  { find: /\blikeness\b|\blikened\b/i, write: 'pod template', example: 'likeness' },
  { find: /\bsurvivors?\b/i, write: 'orphaned processes', example: 'survivors' },
  { find: /\bunmade\b/i, write: 'ConnectFailure', example: 'Unmade' },
  { find: /\bdoers?\b/i, write: 'handler', example: 'doer' },
  { find: /\bmake(?:s)? way\b|makeWay\b|\bno way there\b/i, write: 'pause; no route to host', example: 'makeWay' },
  { find: /\bwhoever\b/i, write: 'the owner, the team that …', example: 'whoever runs it' },
  { find: /\badministers\b/i, write: 'the cluster administrator', example: 'who administers the cluster' },
  { find: /\bguarded by\b|\bguards the key\b/i, write: 'protected by', example: 'guarded by the keychain' },
  { find: /\banswers for (?:it|them)\b/i, write: 'accountable', example: 'answers for it' },
  { find: /\bis to be (?:allowed|exempted)\b/i, write: 'allow, exempt', example: 'is to be allowed' },
  { find: /\bmay not be started\b/i, write: 'is not permitted', example: 'may not be started' },
  { find: /\bsee(?:s)? it again\b|\bseen again\b/i, write: 'reproduce', example: 'to see it again' },
  {
    find: /\blook(?:s|ed|ing)? (?:at )?(?:it |them )?again\b|lookAgain\b/i,
    write: 'recheck',
    example: 'looked at again',
  },
  { find: /\bsecond looks?\b/i, write: 'follow-up check, recheck', example: 'a second look' },
  {
    find: /\bcluster is away\b|\bwhen the cluster is gone\b/i,
    write: 'the cluster is unreachable',
    example: 'cluster is away',
  },
  { find: /\bproven in part\b/i, write: 'partially verified', example: 'Proven in part' },
  { find: /\bcut off\b/i, write: 'interrupted', example: 'was cut off' },
  {
    find: /\bpicture of the house\b|\bthe house\b/i,
    write: 'architecture diagram, code base',
    example: 'a picture of the house',
  },
  { find: /\bin the words of\b/i, write: 'in the syntax of', example: 'in the words of PAC' },
  { find: /\bat hand\b/i, write: 'available', example: 'were not at hand' },
  { find: /\bcame to nothing\b|\bcome to nothing\b/i, write: 'failed', example: 'came to nothing' },
  {
    find: /\bas it stands\b|\bwhere it stood\b/i,
    write: 'unchanged, from the same version',
    example: 'the host as it stands',
  },
  {
    find: /\bspoken to\b|\bmust speak\b/i,
    write: 'protocol of the server',
    example: 'the protocol that it must speak',
  },
  { find: /\bbecame of\b/i, write: 'the result of', example: 'what became of it' },
  { find: /\bunfold(?:s|ed)? into\b/i, write: 'expand to', example: 'unfold into gigabytes' },
  { find: /\bsends? clients to\b/i, write: 'directs clients to', example: 'hosts that it sends clients to' },
  { find: /\bever more (?:rarely|often)\b/i, write: 'at growing intervals', example: 'asks ever more rarely' },
  { find: /\bplease report\b/i, write: 'Report', example: 'please report it' },
  { find: /\bwho said no\b/i, write: 'which component refused', example: 'or who said no' },
  { find: /\bask (?:Secret|Channel)\b/, write: 'prompt for input, request a port', example: 'ask Secret' },
  { find: /\bis (?:had|to be had)\b/i, write: 'is available', example: 'no credential is to be had' },
]

/** Where an old word is right: it is a quotation, another project's name, or the list itself. */
const exceptions: readonly { readonly file: RegExp; readonly find?: RegExp; readonly why: string }[] = [
  { file: /^scripts\/check-words(\.test)?\.ts$/, why: 'the list itself' },
  { file: /^CHANGELOG\.md$/, why: 'names what was renamed' },
  { file: /^main\/connectivity\/history\/version-1(\.test)?\.ts$/, why: 'reads the names of version 1' },
  { file: /^docs\/adr\//, why: 'decisions stay as they were written' },
  { file: /^assets\/charts\/.*crds?\b/, why: "other projects' definitions" },
  { file: /^test\/corpus\//, why: 'real output of other programs' },
  { file: /package-lock\.json$/, why: 'generated' },
]

const root = join(import.meta.dirname, '..')
const read = /\.(?:tsx?|mjs|js|md|ya?ml|html|css)$/

export interface Finding {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly write: string
}

/** Camel-cased names are read as words too: `lookAgain` is "look Again". Pure. */
export function findWords(file: string, text: string): Finding[] {
  return text.split('\n').flatMap((line, index) => {
    const words = `${line} ${line.replace(/([a-z])([A-Z])/g, '$1 $2')}`
    return entries
      .filter(({ find }) => find.test(words))
      .map(({ write }) => ({ file, line: index + 1, text: line.trim().slice(0, 120), write }))
  })
}

const isException = (file: string): boolean => exceptions.some((exception) => exception.file.test(file))

if (import.meta.main) {
  const { positionals } = parseArgs({ allowPositionals: true })
  for (const { find, example, write } of entries)
    if (!find.test(example)) {
      console.error(`The pattern for "${write}" does not find its own example "${example}": the check finds nothing.`)
      process.exit(1)
    }
  const { stdout } = await run('git', ['ls-files', '--', ...positionals], { cwd: root })
  const files = stdout.split('\n').filter((file) => read.test(file) && !isException(file))
  const findings = files.flatMap((file) => [
    ...findWords(file, file),
    ...findWords(file, readFileSync(join(root, file), 'utf8')),
  ])
  for (const { file, line, text, write } of findings) console.log(`${file}:${line}: write "${write}": ${text}`)
  console.log(`${findings.length} words of the old list in ${files.length} files`)
  process.exitCode = findings.length === 0 ? 0 : 1
}
