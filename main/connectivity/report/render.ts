import { ConnectivityReport, type ReportFormat, type TextFile } from '../../../preload/contract/connectivity.ts'
import { evidenceLimitCharacters } from '../probe/limits.ts'
import { reportHtml } from './html.ts'
import { reportJunit } from './junit.ts'
import { reportMarkdown } from './markdown.ts'
import { outline, type ReportSubject } from './outline.ts'
import { clean } from './sanitize.ts'

/** The report in the format that `hangar schema check` describes. */
function reportJson(report: ConnectivityReport): string {
  const { results, ...rest } = clean(report)
  // The placeholder of a redacted secret can be longer than the secret, and the schema limits the length.
  const truncated = results.map((result) => ({
    ...result,
    stages: result.stages.map((stage) => ({ ...stage, evidence: stage.evidence.slice(0, evidenceLimitCharacters) })),
  }))
  return `${JSON.stringify(ConnectivityReport.parse({ ...rest, results: truncated }), undefined, 2)}\n`
}

const formats: Readonly<
  Record<
    ReportFormat,
    { readonly extension: string; readonly mediaType: string; readonly text: (subject: ReportSubject) => string }
  >
> = {
  json: { extension: 'json', mediaType: 'application/json', text: ({ report }) => reportJson(report) },
  markdown: { extension: 'md', mediaType: 'text/markdown', text: (subject) => reportMarkdown(outline(clean(subject))) },
  html: { extension: 'html', mediaType: 'text/html', text: (subject) => reportHtml(outline(clean(subject))) },
  junit: { extension: 'xml', mediaType: 'application/xml', text: (subject) => reportJunit(outline(clean(subject))) },
}

/** A report as a document. Every text is redacted again, and hidden characters are visible. Pure. */
export function renderReport(format: ReportFormat, subject: ReportSubject): TextFile {
  const { extension, mediaType, text } = formats[format]
  const name = `connectivity-${fileName(subject.title)}-${stamp(subject.report.startedAt)}.${extension}`
  return { name, mediaType, text: text(subject) }
}

/** A title as part of a file name. */
export const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'plane'

const stamp = (at: string): string => new Date(at).toISOString().slice(0, 16).replace(':', '').replace('T', '-')
