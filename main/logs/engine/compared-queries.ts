/** Queries of each kind, for tests that compare an engine with the store; of lines as `engineLines` makes them. */
export const comparedQueries: readonly string[] = [
  '',
  'order',
  'ORDER',
  '"order 17"',
  'timeout',
  'timeout or refused',
  'order timeout',
  'order -timeout',
  'IllegalState',
  'IllegalState Mediator',
  '"at org.a.B.c"',
  '-"at org.a.B.c"',
  'level:error',
  'level:error,warn',
  'level>=warn',
  'level:none',
  '-level:info',
  'level:error timeout',
  '/order \\d+7\\b/',
  '/ORDER 1/i',
  '/(timeout|refused) by/',
  '-/order/',
  'source:orders',
  'source:payments level:error',
  'pod:orders-1',
  'pod:pay*',
  'container:sidecar',
  'status:503',
  'status>=500',
  'took<20 order',
  'message:"order 7"',
  'trace:4bf92f3577b34da6a3ce929d0e0e4736',
  '"100% (sure)"',
  'Grün',
  'GRÜN',
  'until:2026-03-01T20:05',
  'since:2026-03-01T20:03 until:2026-03-01T20:06 order',
  '(timeout or IllegalState) and not pod:orders-1',
  'format:plain',
  'nothingofthekind',
]

interface EngineLine {
  readonly ns: bigint
  readonly line: string
  readonly labels: Readonly<Record<string, string>>
}

const labelsOf = (pod: string, container: string) => ({ namespace: 'default', pod, container })
const streams = [
  labelsOf('orders-0', 'main'),
  labelsOf('orders-1', 'main'),
  labelsOf('orders-1', 'sidecar'),
  labelsOf('payments-0', 'main'),
]

/**
 * Lines of four containers over ten minutes, `count` in all: plain and structured ones, stack traces of several lines, and
 * several lines of one nanosecond. Those of one container have different nanoseconds, as Loki keeps no other order.
 */
export function engineLines(startMs: number, count: number): EngineLine[] {
  const stepMs = 600_000 / count
  return Array.from({ length: count }, (_, index) => {
    const labels = streams[index % streams.length] ?? labelsOf('', '')
    const eventMs = Math.floor(startMs + (index - (index % streams.length)) * stepMs)
    const ns = BigInt(eventMs) * 1_000_000n
    return linesOfEvent(index, new Date(eventMs).toISOString()).map((line, at) => ({
      ns: ns + BigInt(at),
      line,
      labels,
    }))
  }).flat()
}

function linesOfEvent(index: number, time: string): readonly string[] {
  switch (index % 11) {
    case 0:
      return [
        `time=${time} level=ERROR module=shop message="order ${index}" status=503 took=${index % 50}ms`,
        `java.lang.IllegalStateException: timeout by peer`,
        '\tat org.a.B.c(B.java:1)',
        '\tat org.a.B.d(B.java:2)',
      ]
    case 1:
      return [`${time} WARN {Mediator} - order ${index} refused by peer`]
    case 2:
      return [JSON.stringify({ time, level: 'info', msg: `order ${index}`, status: 200, took: index % 50 })]
    case 3:
      return [`order ${index} without a level, 100% (sure)`]
    case 4:
      return [`time=${time} level=INFO message="order ${index}" trace_id=4bf92f3577b34da6a3ce929d0e0e4736`]
    case 5:
      return [`time=${time} level=DEBUG message="Grün ${index}"`]
    default:
      return [`time=${time} level=INFO module="" message="order ${index}" status=${200 + (index % 4)}`]
  }
}
