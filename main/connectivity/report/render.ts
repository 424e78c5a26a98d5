import { ConnectivityReport, type ReportFormat, type TextFile } from '../../../preload/contract/connectivity.ts'
import { evidenceLimitCharacters } from '../probe/limits.ts'
import { reportHtml } from './html.ts'
import { reportJunit } from './junit.ts'
import { reportMarkdown } from './markdown.ts'
import { outline, type ReportSubject } from './outline.ts'
import { clean } from './sanitize.ts'

/** The report alone, in the shape that `hangar schema check` prints. */
function reportJson(report: ConnectivityReport): string {
  const { results, ...rest } = clean(report)
  // What stands for a secret may be longer than the secret was, and the shape has a limit.
  const fitting = results.map((result) => ({
    ...result,
    stages: result.stages.map((stage) => ({ ...stage, evidence: stage.evidence.slice(0, evidenceLimitCharacters) })),
  }))
  return `${JSON.stringify(ConnectivityReport.parse({ ...rest, results: fitting }), undefined, 2)}\n`
}

const forms: Readonly<
  Record<
    ReportFormat,
    { readonly ending: string; readonly mediaType: string; readonly text: (subject: ReportSubject) => string }
  >
> = {
  json: { ending: 'json', mediaType: 'application/json', text: ({ report }) => reportJson(report) },
  markdown: { ending: 'md', mediaType: 'text/markdown', text: (subject) => reportMarkdown(outline(clean(subject))) },
  html: { ending: 'html', mediaType: 'text/html', text: (subject) => reportHtml(outline(clean(subject))) },
  junit: { ending: 'xml', mediaType: 'application/xml', text: (subject) => reportJunit(outline(clean(subject))) },
}

/** A report as a document. Pure; every text in it has its secrets taken out once more. */
export function renderReport(format: ReportFormat, subject: ReportSubject): TextFile {
  const { ending, mediaType, text } = forms[format]
  const name = `connectivity-${fileName(subject.title)}-${stamp(subject.report.startedAt)}.${ending}`
  return { name, mediaType, text: text(subject) }
}

/** A title as part of a file's name. */
export const fileName = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'plane'

const stamp = (at: string): string => new Date(at).toISOString().slice(0, 16).replace(':', '').replace('T', '-')
