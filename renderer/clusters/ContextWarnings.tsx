import type { Context } from '../../preload/contract/clusters.ts'
import { ProblemNotice } from '../ui/Notice.tsx'

/** What the user should know about a context that can be used, such as an ended certificate. */
export function ContextWarnings({ context }: { readonly context: Context | undefined }) {
  return context?.warnings?.map((warning) => (
    <ProblemNotice key={`${warning.code}/${warning.message}`} problem={warning} tone="warn" />
  ))
}
