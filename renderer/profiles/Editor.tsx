import { yaml } from '@codemirror/lang-yaml'
import { syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
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
    const to = fault.message === undefined ? Math.max(from, end) : Math.min(from + 1, end)
    return { from, to, severity: 'error', message: faultText(fault) }
  })
}

/** A YAML editor that marks errors in the text. */
export function Editor({ label, text, readOnly, faults, onEdit, goTo }: EditorProps) {
  const container = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const edit = useRef(onEdit)
  edit.current = onEdit

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is only the initial one; the parent keys this component by name
  useEffect(() => {
    if (container.current === null) return
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
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': String(readOnly), tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) edit.current(update.state.doc.toString())
        }),
      ],
    })
    view.current = editor
    return () => editor.destroy()
  }, [label, readOnly])

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
