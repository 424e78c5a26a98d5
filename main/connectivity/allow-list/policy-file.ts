import { Document, isMap, isSeq, type Node } from 'yaml'
import { type AllowListSubject, type Destination, isKnown, isUnresolved, type Workload } from './destination.ts'
import { comment, headerLines, oneLine, pitfallLines, ruleText, unresolvedLines } from './words.ts'
import { destinationsWithoutPods } from './workloads.ts'

/** A rule of egress with what it is for. */
export interface EgressRule {
  readonly comments: readonly string[]
  readonly rule: object
}

export interface PolicyKind {
  readonly title: string
  readonly apiVersion: string
  readonly kind: string
  /** The `spec` for some pods with its rules. */
  readonly spec: (labels: unknown, egress: readonly object[]) => object
  readonly rules: (destinations: readonly Destination[], subject: AllowListSubject) => readonly EgressRule[]
  /** What this kind of policy cannot express. */
  readonly limits: readonly string[]
}

/** Where a map has to stand: the API server refuses it, so that nobody applies a policy for pods that were not chosen. */
const chooseLabels = 'CHOOSE-LABELS-OF-THE-PODS'
/** No name that Kubernetes takes, for the same reason. */
const chooseNamespace = 'CHOOSE-NAMESPACE'

/** One policy a workload, in one file; what no policy can say stands in comments. */
export function policyFile(subject: AllowListSubject, kind: PolicyKind): string {
  const { destinations, workloads } = subject
  const uncovered = destinationsWithoutPods(subject)
  const images = destinations.filter((each) => isKnown(each) && each.protocol === 'oci')
  const nodes = destinations.filter((each) => each.kind === 'nodes')
  const head = [
    comment(headerLines(subject, kind.title)),
    comment([
      'Policies are additive, and the first one for a pod denies all egress that none of them allows. ADD what a component calls inside the cluster (other components, databases) if no endpoint covers it.',
      'Try them first where an outage does no harm, and check from the component before and after.',
      ...kind.limits,
    ]),
    comment(unresolvedLines(destinations)),
    comment([
      ...(images.length + nodes.length === 0
        ? []
        : ['Not covered, because nodes and not pods connect (allow it at the perimeter or in a host firewall):']),
      ...images.map(
        (each) => `- ${each.id}: images from ${each.host} port ${each.port}, which the nodes pull themselves`,
      ),
      ...nodes.map((each) => `- ${each.id}: ${each.title}, port ${each.port}`),
      ...(uncovered.length === 0 ? [] : ['Not covered, because these components have no pods in this cluster:']),
      ...uncovered.map((each) => `- ${each.id} (${each.componentTitle}): ${each.host || each.ask} port ${each.port}`),
    ]),
    comment(pitfallLines(subject)),
  ].filter((part) => part !== '')
  const names = new Set<string>()
  const policies = workloads.map((workload) => {
    const own = destinations.filter((each) => each.component === workload.component && each.direction === 'outbound')
    return policyText(workload, own, subject, kind, names)
  })
  const body =
    policies.length === 0
      ? [comment(['No component of this list has pods in this cluster: there is no policy.'])]
      : policies
  return `${head.join('\n#\n')}\n---\n${body.join('---\n')}`
}

function policyText(
  workload: Workload,
  destinations: readonly Destination[],
  subject: AllowListSubject,
  kind: PolicyKind,
  names: Set<string>,
): string {
  const who = `${workload.componentTitle}: ${workload.kind} ${workload.namespace === '' ? '' : `${workload.namespace}/`}${workload.name}`
  if (workload.hostNetwork)
    return `${comment([`${who} uses the host network: no policy for pods applies. Use a host firewall.`])}\n`
  if (destinations.length > 0 && destinations.every((each) => leadsToItself(each, workload, subject)))
    return `${comment([`${who}: its endpoints lead only to itself, and none says what it calls. A policy would block all of that, so there is none.`])}\n`
  const open = destinations.filter(isUnresolved)
  const unknown = workload.labels === undefined
  const lines = [
    who,
    ...(unknown
      ? [
          `The labels of its pods are not known here. Put them in the place of ${chooseLabels}: until then the API server refuses this policy. An empty selector would select every pod of the namespace.`,
        ]
      : []),
    ...(workload.namespace === '' ? [`Put its namespace in the place of ${chooseNamespace}.`] : []),
    ...(open.length === 0 ? [] : ['NOT COMPLETE: as it is, this policy blocks:']),
    ...open.map((each) => `- ${each.id}, port ${each.port}: ${each.ask}`),
  ]
  const rules = kind.rules(destinations.filter(isKnown), subject)
  const policy = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    metadata: {
      name: policyName(workload, names),
      namespace: workload.namespace === '' ? chooseNamespace : workload.namespace,
    },
    spec: kind.spec(
      unknown ? chooseLabels : workload.labels,
      rules.map(({ rule }) => rule),
    ),
  }
  const document = new Document(policy, { aliasDuplicateObjects: false })
  const egress: unknown = document.getIn(['spec', 'egress'])
  if (isSeq<Node>(egress))
    egress.items.forEach((item, index) => {
      const comments = rules[index]?.comments.map((text) => ` ${oneLine(text)}`) ?? []
      if (isMap(item) && comments.length > 0) item.commentBefore = comments.join('\n')
    })
  return `${comment(lines)}\n${document.toString({ lineWidth: 0 })}`
}

/** A component that is looked at through its own Service: what it calls itself is another matter. */
function leadsToItself(
  { scope, host, protocol }: Destination,
  { labels, services, namespace }: Workload,
  { backends }: AllowListSubject,
): boolean {
  const service = scope === 'cluster' && protocol !== 'kubernetes' ? serviceOf(host) : undefined
  if (service === undefined) return false
  const place = service.namespace || namespace
  const backend = backends[host]
  const selectsItself =
    backend !== undefined &&
    place === namespace &&
    Object.entries(backend.selector).every(([key, value]) => labels?.[key] === value)
  return selectsItself || services.some((each) => each.name === service.name && each.namespace === place)
}

/** A name as Kubernetes takes it, once in the file. */
function policyName({ component, name }: Workload, names: Set<string>): string {
  const text = `hangar-egress-${component}${name === component ? '' : `-${name}`}`
  const wanted = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 240)
    .replace(/-+$/, '')
  let own = wanted
  for (let count = 2; names.has(own); count += 1) own = `${wanted}-${count}`
  names.add(own)
  return own
}

/** What a rule of several destinations is for. */
export const ruleTexts = (destinations: readonly Destination[]): readonly string[] => destinations.map(ruleText)

/** `name.namespace.svc…` as a row inside the cluster has it; an empty namespace is the pod's own. Undefined: some other name. */
export function serviceOf(host: string): { readonly name: string; readonly namespace: string } | undefined {
  const [name = '', namespace = '', svc] = host.split('.')
  return svc === undefined || svc === 'svc' ? { name, namespace } : undefined
}
