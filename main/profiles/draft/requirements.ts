import type { Profile } from '../../../preload/contract/profiles.ts'
import { type Fields, fieldsIn, listIn, textIn } from '../../health/fields.ts'
import { parseQuantity } from '../../lib/rules/quantity.ts'
import { definedKinds } from './order.ts'
import type { Prepared } from './prepare.ts'
import { containersOf, groupOf, kindOf, nameOf, type RenderedRelease, type Workload } from './rendered.ts'
import type { Confidence, Evidence, Unread } from './vendor-release.ts'

export interface DraftRequirement {
  readonly entry: Partial<Profile['requirements']>
  readonly title: string
  readonly confidence: Confidence
  readonly evidence: readonly Evidence[]
}

/** What the cluster has to have before the install, as far as the rendered objects show it. Pure. */
export function requirementsOf(
  rendered: readonly RenderedRelease[],
  workloads: readonly Workload[],
  charts: Prepared['charts'],
): { readonly requirements: readonly DraftRequirement[]; readonly unread: readonly Unread[] } {
  const objects = rendered.flatMap(({ release, objects: all }) =>
    all.map((object) => ({ object, place: `${release.name}: ${kindOf(object)}/${nameOf(object)}` })),
  )
  const requirements: DraftRequirement[] = []
  const unread: Unread[] = []

  const used = new Set(rendered.map(({ release }) => release.chartPath))
  const versions = charts.filter(({ path, kubeVersion }) => kubeVersion !== undefined && used.has(path))
  const minimum = versions
    .map(({ kubeVersion = '' }) => minimumOf(kubeVersion))
    .filter((version) => version !== undefined)
    .toSorted(byVersion)
    .at(-1)
  const versionEvidence = versions.map(({ path, kubeVersion = '' }) => ({
    place: `${path}/Chart.yaml`,
    text: `kubeVersion: ${kubeVersion}`,
  }))
  if (minimum !== undefined)
    requirements.push({
      entry: { kubernetes: `>=${minimum}` },
      title: `Kubernetes ${minimum} or later`,
      confidence: 'sure',
      evidence: versionEvidence,
    })

  const claims = objects.flatMap(({ object, place }) => {
    const templates = listIn(fieldsIn(object, 'spec'), 'volumeClaimTemplates')
    return kindOf(object) === 'PersistentVolumeClaim'
      ? [{ place, text: sizeOf(object) }]
      : templates.map((claim) => ({ place, text: `volumeClaimTemplates ${sizeOf(claim)}` }))
  })
  if (claims.length > 0)
    requirements.push({ entry: { storageClass: true }, title: 'A storage class', confidence: 'sure', evidence: claims })

  const foreign = foreignKinds(rendered)
  for (const [name, evidence] of foreign)
    requirements.push({
      entry: { customResources: [name] },
      title: `Custom resource ${name}`,
      confidence: 'likely',
      evidence,
    })

  const cpu = sumOf(workloads, 'cpu')
  const memory = sumOf(workloads, 'memory')
  const evidence = [{ place: 'requests of all workloads', text: `${workloads.length} workloads` }]
  if (cpu > 0)
    requirements.push({
      entry: { cpu: `${Math.ceil(cpu * 1_000)}m` },
      title: `${Math.ceil(cpu * 1_000)}m of CPU`,
      confidence: 'likely',
      evidence,
    })
  if (memory > 0) {
    const mebibytes = Math.ceil(memory / 2 ** 20)
    requirements.push({
      entry: { memory: `${mebibytes}Mi` },
      title: `${mebibytes} MiB of memory`,
      confidence: 'likely',
      evidence,
    })
  }

  for (const { object, place } of objects) {
    if (kindOf(object) === 'Service' && textIn(fieldsIn(object, 'spec'), 'type') === 'LoadBalancer')
      unread.push({
        place,
        text: 'type: LoadBalancer',
        why: 'A profile has no field for load balancers: the preflight check lb.support reads the charts.',
      })
  }
  return { requirements, unread }
}

/** The lower bound of a range such as `>=1.28.0-0 <1.33`. */
const minimumOf = (range: string): string | undefined => /(?:>=?|\^|~|^)\s*v?(\d+\.\d+)/.exec(range)?.[1]

function byVersion(left: string, right: string): number {
  const [a = 0, b = 0] = left.split('.').map(Number)
  const [c = 0, d = 0] = right.split('.').map(Number)
  return a - c || b - d
}

const sizeOf = (claim: Fields): string =>
  textIn(fieldsIn(fieldsIn(fieldsIn(claim, 'spec'), 'resources'), 'requests'), 'storage') ?? ''

/** Groups of Kubernetes itself have no domain, or one of these. */
const ofKubernetes = (group: string): boolean => !group.includes('.') || group.endsWith('.k8s.io')
const extensions: ReadonlySet<string> = new Set([
  'gateway.networking.k8s.io',
  'snapshot.storage.k8s.io',
  'metrics.k8s.io',
])

/** Custom resources that the releases use and none of them defines, as `plural.group`. The plural is guessed. */
function foreignKinds(rendered: readonly RenderedRelease[]): ReadonlyMap<string, Evidence[]> {
  const defined = new Set(rendered.flatMap(definedKinds))
  const foreign = new Map<string, Evidence[]>()
  for (const { release, objects } of rendered) {
    for (const object of objects) {
      const group = groupOf(object)
      const kind = kindOf(object)
      if (group === '' || (ofKubernetes(group) && !extensions.has(group)) || defined.has(`${group}/${kind}`)) continue
      const name = `${pluralOf(kind)}.${group}`
      foreign.set(name, [
        ...(foreign.get(name) ?? []),
        { place: `${release.name}: ${kind}/${nameOf(object)}`, text: textIn(object, 'apiVersion') ?? '' },
      ])
    }
  }
  return foreign
}

/** As Kubernetes' own generator does it (k8s.io/gengo, namer.NewAllLowercasePluralNamer). */
function pluralOf(kind: string): string {
  const name = kind.toLowerCase()
  if (/(s|x|z|ch|sh)$/.test(name)) return `${name}es`
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`
  return `${name}s`
}

const sumOf = (workloads: readonly Workload[], resource: 'cpu' | 'memory'): number =>
  workloads.reduce((sum, { podSpec, replicas, kind }) => {
    const requests = containersOf(podSpec).map((container) => {
      const value = fieldsIn(fieldsIn(container, 'resources'), 'requests')[resource]
      return parseQuantity(String(value ?? '0')) ?? 0
    })
    return sum + requests.reduce((total, each) => total + each, 0) * (kind === 'DaemonSet' ? 1 : replicas)
  }, 0)
