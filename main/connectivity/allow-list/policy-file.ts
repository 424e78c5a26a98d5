import { Document, isMap, isSeq, type Node } from 'yaml'
import { type AllowListSubject, type Destination, isKnown, isUnresolved, type Workload } from './destination.ts'
import { comment, headerLines, oneLine, pitfallLines, ruleText, unresolvedLines } from './words.ts'
import { destinationsWithoutPods } from './workloads.ts'

/** An egress rule with its comments. */
export interface EgressRule {
  readonly comments: readonly string[]
  readonly rule: object
}

export interface PolicyKind {
  readonly title: string
  readonly apiVersion: string
  readonly kind: string
  /** The `spec` for the selected pods. */
  readonly spec: (labels: unknown, egress: readonly object[]) => object
  readonly rules: (destinations: readonly Destination[], subject: AllowListSubject) => readonly EgressRule[]
  /** What this kind of policy cannot express. */
  readonly limits: readonly string[]
}

/** A string in place of a map: the API server rejects it, so that no policy is applied to pods that were not chosen. */
const chooseLabels = 'CHOOSE-LABELS-OF-THE-PODS'
/** An invalid namespace name, for the same reason. */
const chooseNamespace = 'CHOOSE-NAMESPACE'

/** One policy for each workload, in one file. Comments list what no policy can express. */
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
      ...uncovered.map(
        (each) => `- ${each.id} (${each.componentTitle}): ${each.host || each.unresolvedReason} port ${each.port}`,
      ),
    ]),
    comment(pitfallLines(subject)),
  ].filter((part) => part !== '')
  const names = new Set<string>()
  const policies = workloads.map((workload) => {
    const ofComponent = destinations.filter(
      (each) => each.component === workload.component && each.direction === 'outbound',
    )
    return policyText(workload, ofComponent, subject, kind, names)
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
  const subjectName = `${workload.componentTitle}: ${workload.kind} ${workload.namespace === '' ? '' : `${workload.namespace}/`}${workload.name}`
  if (workload.hostNetwork)
    return `${comment([`${subjectName} uses the host network: no policy for pods applies. Use a host firewall.`])}\n`
  if (destinations.length > 0 && destinations.every((each) => leadsToItself(each, workload, subject)))
    return `${comment([`${subjectName}: its endpoints lead only to itself, and no endpoint covers its other connections. A policy would block those, so there is none.`])}\n`
  const open = destinations.filter(isUnresolved)
  const unknown = workload.labels === undefined
  const lines = [
    subjectName,
    ...(unknown
      ? [
          `The labels of its pods are unknown. Replace ${chooseLabels} with them: until then the API server rejects this policy. An empty selector would select every pod of the namespace.`,
        ]
      : []),
    ...(workload.namespace === '' ? [`Replace ${chooseNamespace} with its namespace.`] : []),
    ...(open.length === 0 ? [] : ['NOT COMPLETE: as it is, this policy blocks:']),
    ...open.map((each) => `- ${each.id}, port ${each.port}: ${each.unresolvedReason}`),
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

/** Whether an endpoint is the component's own Service, which does not show what the component connects to. */
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

/** A valid Kubernetes name, unique in the file. */
function policyName({ component, name }: Workload, names: Set<string>): string {
  const text = `hangar-egress-${component}${name === component ? '' : `-${name}`}`
  const baseName = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 240)
    .replace(/-+$/, '')
  let unique = baseName
  for (let count = 2; names.has(unique); count += 1) unique = `${baseName}-${count}`
  names.add(unique)
  return unique
}

/** Comments for a rule of several destinations. */
export const ruleTexts = (destinations: readonly Destination[]): readonly string[] => destinations.map(ruleText)

/** The parts of `name.namespace.svc…`. An empty namespace means the pod's own. Undefined: not the name of a Service. */
export function serviceOf(host: string): { readonly name: string; readonly namespace: string } | undefined {
  const [name = '', namespace = '', svc] = host.split('.')
  return svc === undefined || svc === 'svc' ? { name, namespace } : undefined
}
