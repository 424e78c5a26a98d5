/** A label selector of meta/v1. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly string[]
  }[]
}

type Labels = Readonly<Record<string, string>>

/** The pod selectors of a network policy: of its subjects and of its peers. */
export interface PolicySelectors {
  readonly name: string
  readonly selectors: readonly Selector[]
}

/** A Service that sends traffic to its pods before they are ready (`publishNotReadyAddresses`); the probe's pod never is. */
export interface ServiceSelector {
  readonly name: string
  readonly selector: Labels
}

export interface LabelChoice {
  readonly labels: Labels
  /** Keys left out, because a Service selects pods by them and would send the probe traffic, ready or not. */
  readonly withheld: readonly string[]
  /** The Services that select by them. */
  readonly services: readonly string[]
  /** Policies that treat the probe differently from the component's pods. */
  readonly differingPolicies: readonly string[]
}

/** Cilium prefixes a label with its source: `k8s` for a pod's own labels, `any` for any source. */
const plainKey = (key: string): string => key.replace(/^(k8s|any):/, '')
/** Labels that Cilium derives (namespace, service account) are the same for probe and component. */
const isDerivedByCilium = (key: string): boolean => /^(io\.kubernetes\.pod\.|io\.cilium\.k8s\.)/.test(key)

interface Requirement {
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: Selector): readonly Requirement[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ key: plainKey(key), operator: 'In', values: [value] })),
    ...matchExpressions.map(({ key, operator, values = [] }) => ({ key: plainKey(key), operator, values })),
  ].filter(({ key }) => !isDerivedByCilium(key))
}

/** Whether a selector matches a pod with these labels; an empty one matches every pod. */
export function selects(selector: Selector, labels: Labels): boolean {
  return requirementsOf(selector).every(({ key, operator, values }) => {
    const value = labels[key]
    if (operator === 'In') return value !== undefined && values.includes(value)
    if (operator === 'NotIn') return value === undefined || !values.includes(value)
    return operator === 'Exists' ? value !== undefined : value === undefined
  })
}

const attaches = ({ selector }: ServiceSelector, labels: Labels): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value)

/** How many selectors match one set of labels and not the other. */
const differing = ({ selectors }: PolicySelectors, one: Labels, other: Labels): number =>
  selectors.filter((selector) => selects(selector, one) !== selects(selector, other)).length

const without = (labels: Labels, key: string): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => name !== key))

/**
 * Chooses labels so that network policies treat the probe like the component's pods: those that a policy selects by, and no
 * others. If a Service that does not wait for ready pods selects by them too, the labels that matter to the fewest policies
 * are left out. `policies` undefined: this user cannot list them, so every label may matter. `services` undefined: every
 * label may attract traffic. Pure.
 */
export function chooseLabels(
  own: Labels,
  policies: readonly PolicySelectors[] | undefined,
  services: readonly ServiceSelector[] | undefined,
): LabelChoice {
  const selected = new Set(
    policies?.flatMap(({ selectors }) => selectors.flatMap(requirementsOf)).map(({ key }) => key) ?? Object.keys(own),
  )
  let labels: Labels = Object.fromEntries(Object.entries(own).filter(([key]) => selected.has(key)))
  const withheld: string[] = []
  const selecting: string[] = []
  if (services === undefined) {
    withheld.push(...Object.keys(labels))
    labels = {}
  }
  for (
    let service = selectingService(services, labels);
    service !== undefined;
    service = selectingService(services, labels)
  ) {
    const cost = (key: string): number =>
      (policies ?? []).reduce((sum, policy) => sum + differing(policy, own, without(labels, key)), 0)
    const [key = ''] = Object.keys(service.selector).toSorted(
      (one, other) => cost(one) - cost(other) || one.localeCompare(other),
    )
    withheld.push(key)
    selecting.push(service.name)
    labels = without(labels, key)
  }
  return {
    labels,
    withheld,
    services: selecting,
    differingPolicies: (policies ?? []).filter((policy) => differing(policy, own, labels) > 0).map(({ name }) => name),
  }
}

const selectingService = (
  services: readonly ServiceSelector[] | undefined,
  labels: Labels,
): ServiceSelector | undefined => services?.find((service) => attaches(service, labels))

/** Why a pass of such a probe proves less; empty: policies treat it like the component's pods. Pure. */
export function limitationOf(
  { withheld, services, differingPolicies }: LabelChoice,
  known: { readonly policies: boolean; readonly services: boolean },
): string {
  if (withheld.length === 0) return ''
  const keys = withheld.join(', ')
  if (!known.services)
    return `this user is not permitted to list Services, so the probe runs without the component’s labels (${keys}), by which a Service could send it traffic; policies that select by them do not apply to it`
  const because = `the Service ${services.join(', ')} selects pods by ${keys} and sends traffic to pods that are not ready, so the probe runs without that label`
  if (!known.policies)
    return `${because}; whether network policies select by it is unknown, because this user is not permitted to list them`
  return differingPolicies.length === 0
    ? ''
    : `${because}; the network policy ${differingPolicies.join(', ')} treats it differently from the component`
}
