import type {
  ConnectivityReport,
  Vantage,
  VantageOffer,
  VantageRequest,
} from '../../../preload/contract/connectivity.ts'
import { requestOf } from '../../../preload/vantages.ts'

/** The head of a column: what kind of place, and which. */
export const columnTitle = ({ kind, name }: Vantage): readonly [string, string] =>
  kind === 'computer'
    ? ['This computer', name]
    : [kind === 'pod' ? 'Pod' : kind === 'node' ? 'Node' : 'Component', name]

export const requestKey = (request: VantageRequest): string => JSON.stringify(request, Object.keys(request).sort())

/** A run takes no more requests than this; "every node" is one. */
export const requestLimit = 32

/** The same vantages again. Nodes too many to be named are asked for as "every node". */
export function requestsFor(vantages: readonly Vantage[]): readonly VantageRequest[] {
  const requests = vantages.map(requestOf)
  if (requests.length <= requestLimit) return requests
  return [...requests.filter(({ kind }) => kind !== 'node'), { kind: 'nodes' as const }].slice(-requestLimit)
}

const shapes: Readonly<Record<VantageRequest['kind'], string | undefined>> = {
  computer: undefined,
  nodes: undefined,
  pod: 'namespace',
  node: 'name',
  component: 'component',
}

function isRequest(value: unknown): value is VantageRequest {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  if (typeof value.kind !== 'string' || !Object.hasOwn(shapes, value.kind)) return false
  const field = shapes[value.kind as VantageRequest['kind']] // hasOwn says so
  const given: unknown = field === undefined ? undefined : Reflect.get(value, field)
  return value.kind === 'component' ? typeof given === 'string' : given === undefined || typeof given === 'string'
}

/** Is this a choice that was kept, by this window or an older one? */
export const isChoice = (value: unknown): value is readonly VantageRequest[] =>
  Array.isArray(value) && value.length > 0 && value.length <= requestLimit && value.every(isRequest)

const thisComputer: readonly VantageRequest[] = [{ kind: 'computer' }]

/** From where to check next: what was chosen, else from where it was checked last, else this computer. */
export function firstChoice(
  remembered: readonly VantageRequest[] | undefined,
  last: ConnectivityReport | null,
): readonly VantageRequest[] {
  if (remembered !== undefined) return remembered
  const vantages = last?.vantages.map(({ vantage }) => vantage) ?? []
  return vantages.length === 0 ? thisComputer : requestsFor(vantages)
}

/** The title of a choice: by its offer, or in its own words where the offer is gone. */
export function requestTitle(request: VantageRequest, offers: readonly VantageOffer[] | undefined): string {
  const offer = offers?.find((one) => requestKey(one.request) === requestKey(request))
  // A component's title alone could be anything's.
  if (offer !== undefined) return request.kind === 'component' ? `Component ${offer.title}` : offer.title
  switch (request.kind) {
    case 'computer':
      return 'This computer'
    case 'pod':
      return request.namespace === undefined ? 'A pod' : `A pod in ${request.namespace}`
    case 'node':
      return request.name === undefined ? 'A node' : `Node ${request.name}`
    case 'nodes':
      return 'Every node'
    case 'component':
      return `Component ${request.component}`
  }
}

/** Words in the midst of a sentence; abbreviations stay as they are. */
export const inSentence = (words: string): string =>
  /^.[A-Z]/.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1)

/** "This computer, a pod in demo and 3 more". */
export function choiceTitle(requests: readonly VantageRequest[], offers: readonly VantageOffer[] | undefined): string {
  const titles = requests.map((request) => requestTitle(request, offers))
  const named = titles.slice(0, 2).map((title, index) => (index === 0 ? title : inSentence(title)))
  return titles.length > 2 ? `${named.join(', ')} and ${titles.length - 2} more` : named.join(', ')
}
