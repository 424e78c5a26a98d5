import { inline, markdownTable } from '../report/markdown-text.ts'
import { clean } from '../report/sanitize.ts'
import { type AllowListSubject, type Destination, isKnown, isOpen } from './destination.ts'
import { evidenceWords, headWords, inspectionWords, pitfallWords, proxyWords, reviewBy } from './words.ts'

/** The list as people read it: what to allow, what to ask for first, what was seen, and where such lists go wrong. */
export function markdownList(given: AllowListSubject): string {
  const subject = clean(given)
  const { title, madeAt, destinations } = subject
  const known = destinations.filter(isKnown)
  const open = destinations.filter(isOpen)
  const inbound = destinations.filter(({ direction }) => direction === 'inbound')
  const parts = [
    `# Allow-list of ${inline(title)}`,
    headWords(subject, 'Connections to allow').map(inline).join('\n\n'),
    '## Outbound',
    known.length === 0
      ? 'None is known yet.'
      : markdownTable(
          [
            'Id',
            'For',
            'Source',
            'Destination',
            'Port',
            'Transport',
            'Protocol',
            'TLS inspection',
            'Proxy',
            'Required',
            'Review by',
          ],
          known.map((each) => [
            each.id,
            purpose(each),
            each.source,
            [each.host, ...each.addressRanges.map((range) => `(${range})`)].join(' '),
            String(each.port),
            each.transport,
            each.protocol,
            inspectionWords(each),
            proxyWords(each),
            each.required ? 'yes' : 'optional',
            reviewBy(madeAt),
          ]),
        ),
    ...(open.length === 0
      ? []
      : [
          '## To be found out first',
          markdownTable(
            ['Id', 'For', 'Port', 'Transport', 'Required', 'What is missing'],
            open.map((each) => [
              each.id,
              purpose(each),
              String(each.port),
              each.transport,
              each.required ? 'yes' : 'optional',
              each.ask,
            ]),
          ),
        ]),
    ...(inbound.length === 0
      ? []
      : [
          '## Inbound',
          markdownTable(
            ['Id', 'For', 'To', 'Port', 'Protocol'],
            inbound.map((each) => [each.id, purpose(each), each.host || each.ask, String(each.port), each.protocol]),
          ),
        ]),
    '## Evidence',
    known.every(({ evidence }) => evidence.length === 0)
      ? 'Nothing on this list has been checked yet.'
      : markdownTable(
          ['Id', 'Seen'],
          known.flatMap((each) => evidenceWords(each).map((seen) => [each.id, seen])),
        ),
    '## Common mistakes',
    pitfallWords(subject)
      .map((says) => `- ${inline(says)}`)
      .join('\n'),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const purpose = ({ componentTitle, title, why, note }: Destination): string =>
  [`${componentTitle}: ${title}`, why, note].filter((part) => part !== '').join('. ')
