import { Document, isScalar } from 'yaml'
import type { ReleaseValue, ReleaseValues, ValueSource } from '../../preload/contract/install.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { valuePathText } from '../../preload/value-path.ts'
import { type Command, formOf, type OptionValues, outputOption, type Terminal, text } from './command.ts'
import { existingPlane, openVault, profileOf } from './plane.ts'
import { printJson, printMessage, printTable } from './print.ts'

export const valuesCommand: Command = {
  name: 'values',
  usage: '[names...]',
  summary:
    'show the chart values of a plane ("values PLANE [RELEASE]") or a profile ("values --profile NAME [RELEASE]"), and where each comes from',
  options: [
    { flags: '--plane <name>', help: 'the plane; optional if there is only one' },
    { flags: '--profile <name|file>', help: 'a profile with its defaults, instead of a plane' },
    { flags: '--origin', help: 'also what each value replaces; in YAML: a comment with the origin of each value' },
    { flags: '--passphrase-file <file>', help: 'file with the vault’s passphrase, for a plane with chart overrides' },
    outputOption(['table', 'json', 'yaml']),
  ],
  async run(terminal, names, options, signal) {
    const client = await terminal.client()
    const { request, release } = await subjectOf(terminal, names, options, signal)
    const releases = await client.install.values({ ...request, release }, { signal })
    const withOrigin = options.origin === true
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, releases })
    if (formOf(options) === 'yaml') terminal.stdout.write(releases.map((each) => valuesYaml(each, withOrigin)).join(''))
    if (formOf(options) === 'table')
      for (const each of releases) {
        terminal.stdout.write(`${titleOf(each)}\n`)
        printTable(
          terminal,
          headOf(withOrigin),
          each.values.map((value) => rowOf(value, withOrigin)),
        )
      }
    for (const { release: name, problem } of releases)
      if (problem !== undefined)
        printMessage(terminal, `! ${name}: the chart's defaults are missing. ${problem.message} ${problem.hint}`.trim())
    return releases.some(({ problem }) => problem !== undefined) ? 1 : 0
  },
}

interface Subject {
  readonly request: { readonly planeId: string } | { readonly profile: string }
  readonly release: string | undefined
}

async function subjectOf(
  terminal: Terminal,
  names: readonly string[],
  options: OptionValues,
  signal: AbortSignal,
): Promise<Subject> {
  const profile = profileOf(options)
  const given = text(options, 'plane')
  const rest = profile === undefined && given === undefined ? names.slice(1) : names
  const [release, tooMany] = rest
  if (tooMany !== undefined || (profile !== undefined && given !== undefined))
    throw new Problem(
      'USAGE_INVALID',
      'Use "hangar values PLANE [RELEASE]" or "hangar values --profile NAME [RELEASE]".',
    )
  if (profile !== undefined) return { request: { profile }, release }
  const plane = await existingPlane(terminal, { plane: given ?? names[0] })
  if (plane.overridden.length > 0) await openVault(terminal, options, signal)
  return { request: { planeId: plane.id }, release }
}

const titleOf = ({ release, namespace, chart }: ReleaseValues): string =>
  `# ${release} in namespace ${namespace}${chart === '' ? '' : `, chart ${chart}`}`

const headOf = (withOrigin: boolean): readonly string[] =>
  withOrigin ? ['NAME', 'VALUE', 'FROM', 'REPLACES'] : ['NAME', 'VALUE', 'FROM']

const rowOf = (value: ReleaseValue, withOrigin: boolean): readonly string[] => [
  valuePathText(value.path),
  valueText(value),
  originText(value),
  ...(withOrigin ? [replacedText(value)] : []),
]

const shownCharacters = 60

function valueText({ value, hidden, origin }: ValueSource): string {
  if (hidden) return hiddenText(origin)
  const shown = JSON.stringify(value)
  return shown.length > shownCharacters ? `${shown.slice(0, shownCharacters)}…` : shown
}

const hiddenText = (origin: ValueSource['origin']): string =>
  origin === 'override' ? '[in the vault]' : '[hidden: it may be a secret]'

/** `chart values.yaml:12`, `setting keyVault.host (default)`. Pure. */
export function originText({ origin, place, settings, ...rest }: ValueSource & Partial<ReleaseValue>): string {
  const names = settings.map(({ name, isDefault }) => `${name}${isDefault ? ' (default)' : ''}`).join(', ')
  const from = {
    chart: place === undefined ? 'chart' : `chart ${place.file}:${place.line}`,
    profile: 'profile',
    setting: `setting ${names}`,
    override: 'override of the plane',
  }[origin]
  return rest.credential === undefined ? from : `${from}; vault: ${rest.credential}`
}

const replacedText = ({ replaces }: ReleaseValue): string =>
  replaces.map((each) => `${valueText(each)} (${originText(each)})`).join(', ')

/** The values of a release as a YAML document, which `helm --values` takes if nothing in it is hidden. Pure. */
export function valuesYaml(values: ReleaseValues, withOrigin: boolean): string {
  const document = new Document({})
  for (const value of values.values) {
    const node = document.createNode(value.hidden ? hiddenText(value.origin) : value.value)
    if (withOrigin && isScalar(node)) node.comment = ` ${originText(value)}`
    else if (withOrigin) node.commentBefore = ` ${originText(value)}`
    document.setIn(value.path, node)
  }
  return `---\n${titleOf(values)}\n${document.toString({ lineWidth: 0 })}`
}
