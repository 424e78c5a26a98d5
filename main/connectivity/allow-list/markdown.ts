import { inline, markdownTable } from '../report/markdown-text.ts'
import { clean } from '../report/sanitize.ts'
import { type AllowListSubject, type Destination, isKnown, isUnresolved } from './destination.ts'
import { evidenceLines, headerLines, inspectionText, pitfallLines, proxyText, reviewBy } from './words.ts'

/** The allow-list for readers: known and unknown hosts, evidence of the last run, and common mistakes. */
export function markdownList(unsafe: AllowListSubject): string {
  const subject = clean(unsafe)
  const { title, madeAt, destinations } = subject
  const known = destinations.filter(isKnown)
  const open = destinations.filter(isUnresolved)
  const inbound = destinations.filter(({ direction }) => direction === 'inbound')
  const parts = [
    `# Allow-list of ${inline(title)}`,
    headerLines(subject, 'Connections to allow').map(inline).join('\n\n'),
    '## Outbound',
    known.length === 0
      ? 'No host is known yet.'
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
            inspectionText(each),
            proxyText(each),
            each.required ? 'yes' : 'optional',
            reviewBy(madeAt),
          ]),
        ),
    ...(open.length === 0
      ? []
      : [
          '## Unknown hosts',
          markdownTable(
            ['Id', 'For', 'Port', 'Transport', 'Required', 'What is missing'],
            open.map((each) => [
              each.id,
              purpose(each),
              String(each.port),
              each.transport,
              each.required ? 'yes' : 'optional',
              each.unresolvedReason,
            ]),
          ),
        ]),
    ...(inbound.length === 0
      ? []
      : [
          '## Inbound',
          markdownTable(
            ['Id', 'For', 'To', 'Port', 'Protocol'],
            inbound.map((each) => [
              each.id,
              purpose(each),
              each.host || each.unresolvedReason,
              String(each.port),
              each.protocol,
            ]),
          ),
        ]),
    '## Evidence',
    known.every(({ evidence }) => evidence.length === 0)
      ? 'Nothing on this list has been checked yet.'
      : markdownTable(
          ['Id', 'Result of the last run'],
          known.flatMap((each) => evidenceLines(each).map((line) => [each.id, line])),
        ),
    '## Common mistakes',
    pitfallLines(subject)
      .map((pitfall) => `- ${inline(pitfall)}`)
      .join('\n'),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

const purpose = ({ componentTitle, title, why, note }: Destination): string =>
  [`${componentTitle}: ${title}`, why, note].filter((part) => part !== '').join('. ')
