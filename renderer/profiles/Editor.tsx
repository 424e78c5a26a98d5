import { yaml } from '@codemirror/lang-yaml'
import { syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { Annotation, EditorState } from '@codemirror/state'
import { classHighlighter } from '@lezer/highlight'
import { basicSetup, EditorView } from 'codemirror'
import { useEffect, useRef } from 'react'
import type { ProfileFault } from '../../preload/contract/profiles.ts'
import { styleNonce } from '../nonce.ts'
import { t } from '../strings/t.ts'
import './editor.css'
import { expectedText } from './expectedText.ts'

export interface EditorProps {
  readonly label: string
  /** The initial text; later changes come from the user alone. */
  readonly text: string
  readonly readOnly: boolean
  readonly faults: readonly ProfileFault[]
  readonly onEdit: (text: string) => void
  /** Moves the cursor here, after the user selected an error in the list. */
  readonly goTo: Pick<ProfileFault, 'line' | 'column'> | undefined
  /** Replaces the text, without `onEdit`; another object each time. */
  readonly replacement?: { readonly text: string } | undefined
  /** What can be typed at an offset of the text. */
  readonly completionsAt?: (text: string, offset: number) => Completions | undefined
  readonly onFocus?: (isFocused: boolean) => void
}

/** In the form of the editor's own source of completions. */
export interface Completions {
  /** The offset where the text to complete starts. */
  readonly from: number
  readonly options: readonly { readonly label: string; readonly detail?: string; readonly apply?: string }[]
}

/** A change that the user did not make. */
const fromOutside = Annotation.define<boolean>()

/** Only what differs, so that cursor and scroll position stay. */
function changeTo(before: string, after: string): { from: number; to: number; insert: string } {
  let from = 0
  while (from < before.length && from < after.length && before[from] === after[from]) from += 1
  let same = 0
  while (
    same < before.length - from &&
    same < after.length - from &&
    before[before.length - 1 - same] === after[after.length - 1 - same]
  )
    same += 1
  return { from, to: before.length - same, insert: after.slice(from, after.length - same) }
}

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--mantine-color-text)', backgroundColor: 'var(--surface)', fontSize: '0.75rem' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--surface-side)', color: 'var(--idle)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--surface-hover) 60%, transparent)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--surface-selected) !important',
  },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--surface-raised)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--line)',
  },
})

/** The offset of a line and column, both from 1; limited to the end of the text. */
function offsetOf(state: EditorState, { line, column }: Pick<ProfileFault, 'line' | 'column'>): number {
  const docLine = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines))
  return Math.min(docLine.from + Math.max(column - 1, 0), docLine.to)
}

function faultText(fault: ProfileFault): string {
  const message = expectedText(fault)
  return fault.field === ''
    ? t('profiles.errors.inFile', { message })
    : t('profiles.errors.inField', { field: fault.field, message })
}

function diagnostics(state: EditorState, faults: readonly ProfileFault[]): Diagnostic[] {
  return faults.map((fault) => {
    const from = offsetOf(state, fault)
    const end = state.doc.lineAt(from).to
    // Text that is not YAML is wrong at one place; a value is marked to the end of its line.
    const to = fault.message === undefined || fault.field !== '' ? Math.max(from, end) : Math.min(from + 1, end)
    return { from, to, severity: 'error', message: faultText(fault) }
  })
}

/** A YAML editor that marks errors in the text. */
export function Editor(props: EditorProps) {
  const { label, text, readOnly, faults, onEdit, goTo, replacement, completionsAt, onFocus } = props
  const container = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const edit = useRef(onEdit)
  edit.current = onEdit
  const complete = useRef(completionsAt)
  complete.current = completionsAt
  const focus = useRef(onFocus)
  focus.current = onFocus

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is only the initial one; the parent keys this component by name
  useEffect(() => {
    if (container.current === null) return
    // One object: the editor starts again for another one.
    const completion = {
      autocomplete: ({ state, pos, explicit }: { state: EditorState; pos: number; explicit: boolean }) => {
        const found = complete.current?.(state.doc.toString(), pos)
        return found === undefined || (!explicit && found.from === pos) ? null : found
      },
    }
    const editor = new EditorView({
      parent: container.current,
      doc: text,
      extensions: [
        basicSetup,
        yaml(),
        syntaxHighlighting(classHighlighter),
        lintGutter(),
        theme,
        EditorView.cspNonce.of(styleNonce()),
        EditorState.readOnly.of(readOnly),
        EditorState.languageData.of(() => [completion]),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': String(readOnly), tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.some((each) => each.annotation(fromOutside)))
            edit.current(update.state.doc.toString())
          if (update.focusChanged) focus.current?.(update.view.hasFocus)
        }),
      ],
    })
    view.current = editor
    return () => editor.destroy()
  }, [label, readOnly])

  useEffect(() => {
    const editor = view.current
    if (editor === null || replacement === undefined) return
    const before = editor.state.doc.toString()
    if (before === replacement.text) return
    editor.dispatch({ changes: changeTo(before, replacement.text), annotations: fromOutside.of(true) })
  }, [replacement])

  useEffect(() => {
    const editor = view.current
    if (editor !== null) editor.dispatch(setDiagnostics(editor.state, diagnostics(editor.state, faults)))
  }, [faults])

  useEffect(() => {
    const editor = view.current
    if (editor === null || goTo === undefined) return
    const anchor = offsetOf(editor.state, goTo)
    editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
    editor.focus()
  }, [goTo])

  return <div ref={container} className="profile-editor" />
}
