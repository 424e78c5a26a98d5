import type { ContainerDetails } from '../../preload/contract/workloads.ts'
import { sidecarsIn, terminationOf, waitingOf } from '../health/containers.ts'
import { type Fields, fieldsIn, listIn, numberIn, textIn } from '../health/fields.ts'
import type { KubernetesObject } from '../health/object.ts'
import { redact } from '../lib/rules/redaction.ts'

const shownContainers = 200
const shownAmounts = 20
const lengths = { name: 300, image: 500, message: 1_000, action: 500, amount: 100 } as const

/** What its pods are made from: of a pod its own, of a controller that of its template. */
export function podSpecIn(object: KubernetesObject): Fields {
  const spec = fieldsIn({ ...object }, 'spec')
  if (object.kind === 'Pod') return spec
  const made = object.kind === 'CronJob' ? fieldsIn(fieldsIn(spec, 'jobTemplate'), 'spec') : spec
  return fieldsIn(fieldsIn(made, 'template'), 'spec')
}

/** The containers of a pod, or those of a template; what the pod is there for comes first. Pure. */
export function containerDetails(object: KubernetesObject): ContainerDetails[] {
  const pod = podSpecIn(object)
  const status = fieldsIn({ ...object }, 'status')
  const sidecars = sidecarsIn(pod)
  const lists = [
    ['containers', 'containerStatuses', 'main'],
    ['initContainers', 'initContainerStatuses', 'init'],
    ['ephemeralContainers', 'ephemeralContainerStatuses', 'debug'],
  ] as const
  return lists
    .flatMap(([specs, statuses, role]) => {
      const reported = object.kind === 'Pod' ? listIn(status, statuses) : []
      const byName = new Map(reported.map((each) => [textIn(each, 'name'), each]))
      return listIn(pod, specs).map((container) => {
        const name = textIn(container, 'name') ?? ''
        return detailsOf(container, byName.get(name), sidecars.has(name) && role === 'init' ? 'sidecar' : role)
      })
    })
    .slice(0, shownContainers)
}

function detailsOf(container: Fields, status: Fields | undefined, role: ContainerDetails['role']): ContainerDetails {
  const resources = fieldsIn(container, 'resources')
  const state = status && stateOf(status)
  const last = status && ended(status, 'lastState')
  const restarts = numberIn(status, 'restartCount')
  return {
    name: (textIn(container, 'name') ?? '').slice(0, lengths.name),
    role,
    image: (textIn(container, 'image') ?? '').slice(0, lengths.image),
    ...(state !== undefined && { state }),
    ...(restarts !== undefined && Number.isSafeInteger(restarts) && { restarts }),
    ...(last !== undefined && { last }),
    requests: amounts(fieldsIn(resources, 'requests')),
    limits: amounts(fieldsIn(resources, 'limits')),
    probes: probesOf(container),
  }
}

function stateOf(status: Fields): ContainerDetails['state'] {
  const waiting = waitingOf(status)
  if (waiting !== undefined) {
    const message = redact(waiting.message.slice(0, 4 * lengths.message)).slice(0, lengths.message)
    return { kind: 'waiting', reason: waiting.reason.slice(0, lengths.name), message }
  }
  const termination = ended(status, 'state')
  if (termination !== undefined) return { kind: 'terminated', ...termination }
  const state = fieldsIn(status, 'state')
  if (state.running === undefined) return undefined
  const since = timeIn(fieldsIn(state, 'running'), 'startedAt')
  return { kind: 'running', ready: status.ready === true, ...(since !== undefined && { since }) }
}

/** Exit codes from 129 are those of signals. https://tldp.org/LDP/abs/html/exitcodes.html */
const signals: ReadonlyMap<number, string> = new Map([
  [129, 'SIGHUP'],
  [130, 'SIGINT'],
  [131, 'SIGQUIT'],
  [132, 'SIGILL'],
  [134, 'SIGABRT'],
  [135, 'SIGBUS'],
  [136, 'SIGFPE'],
  [137, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [141, 'SIGPIPE'],
  [143, 'SIGTERM'],
])

/** Without the message: it may be the end of the log. */
function ended(status: Fields, which: 'state' | 'lastState'): ContainerDetails['last'] {
  const termination = terminationOf(status, which)
  if (termination === undefined || !Number.isSafeInteger(termination.exitCode)) return undefined
  const { exitCode, reason, at } = termination
  const signal = signals.get(exitCode)
  return {
    exitCode,
    reason: reason.slice(0, lengths.name),
    ...(signal !== undefined && { signal }),
    ...(isTime(at) && { at: new Date(at).toISOString() }),
  }
}

const isTime = (text: string | undefined): text is string => text !== undefined && !Number.isNaN(Date.parse(text))

function timeIn(fields: Fields, name: string): string | undefined {
  const text = textIn(fields, name)
  return isTime(text) ? new Date(text).toISOString() : undefined
}

function amounts(resources: Fields): ContainerDetails['requests'] {
  return Object.entries(resources)
    .filter(([, amount]) => typeof amount === 'string' || typeof amount === 'number')
    .slice(0, shownAmounts)
    .map(([resource, amount]) => ({
      resource: resource.slice(0, lengths.name),
      amount: String(amount).slice(0, lengths.amount),
    }))
}

/** What Kubernetes takes for fields that are absent. https://kubernetes.io/docs/concepts/workloads/pods/probes/ */
const probeDefaults = { periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 } as const

function probesOf(container: Fields): ContainerDetails['probes'] {
  return (['startup', 'readiness', 'liveness'] as const).flatMap((kind) => {
    const probe = fieldsIn(container, `${kind}Probe`)
    if (Object.keys(probe).length === 0) return []
    const count = (field: keyof typeof probeDefaults) => Math.trunc(numberIn(probe, field) ?? probeDefaults[field])
    return [
      {
        kind,
        action: redact(actionOf(probe).slice(0, 4 * lengths.action)).slice(0, lengths.action),
        periodSeconds: count('periodSeconds'),
        timeoutSeconds: count('timeoutSeconds'),
        failures: count('failureThreshold'),
      },
    ]
  })
}

function actionOf(probe: Fields): string {
  const [http, tcp, grpc, exec] = ['httpGet', 'tcpSocket', 'grpc', 'exec'].map((name) => fieldsIn(probe, name))
  const port = (of: Fields | undefined): string => String(of?.port ?? '')
  if (http?.port !== undefined) {
    const scheme = (textIn(http, 'scheme') ?? 'HTTP').toLowerCase()
    return `GET ${scheme}://${textIn(http, 'host') ?? ''}:${port(http)}${textIn(http, 'path') ?? '/'}`
  }
  if (tcp?.port !== undefined) return `TCP connection to port ${port(tcp)}`
  if (grpc?.port !== undefined) return `gRPC health check on port ${port(grpc)}`
  const command = exec?.command
  return Array.isArray(command) ? command.filter((word) => typeof word === 'string').join(' ') : ''
}
