/** Problems that the window reports by itself. */
export const problem = {
  hostLost: {
    message: 'The connection to Hangar was lost.',
    hint: 'The window reconnects automatically. Check the current state before you repeat the action.',
  },
  inputInvalid: {
    message: 'The input is not valid.',
    hint: 'Check each field for invalid characters or lengths.',
  },
  unexpected: {
    message: 'An unexpected error occurred.',
    hint: 'Try again. If the error persists, report it with this code.',
  },
  whatToDo: 'What to do: {hint}',
} as const
