/** A mail in plain text. It has nothing in it that its receiver did not give but the token: whoever asks for it may be somebody else. */
export interface Mail {
  /** Normalised. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Pages that take a token behind a `#`, where no server gets to see it. */
export interface MailPages {
  readonly emailVerification?: string | undefined;
  readonly passwordReset?: string | undefined;
}

/** What a mail is about. */
export interface MailContent {
  readonly to: string;
  readonly token: string;
  readonly pages: MailPages;
}

/** Asks to prove an email. */
export function emailVerificationMail({ to, token, pages }: MailContent): Mail {
  return {
    to,
    subject: "Verify your email",
    text: toText([
      "Somebody, hopefully you, registered at Tradepost with this email.",
      instruction("To verify it", {
        token,
        page: pages.emailVerification,
        operation: "POST /email-verification/confirmation",
      }),
      "The token is good once, for a day. If it was not you, there is nothing to do.",
    ]),
  };
}

/** Lets a password be set. */
export function passwordResetMail({ to, token, pages }: MailContent): Mail {
  return {
    to,
    subject: "Set a new password",
    text: toText([
      "Somebody, hopefully you, asked Tradepost to set a new password for the account with this email.",
      instruction("To do so", { token, page: pages.passwordReset, operation: "POST /password-reset/confirmation" }),
      "The token is good once, for half an hour. If it was not you, there is nothing to do: your password is as it was.",
    ]),
  };
}

interface Instruction {
  readonly token: string;
  readonly page: string | undefined;
  readonly operation: string;
}

function instruction(to: string, { token, page, operation }: Instruction): string {
  if (page === undefined) return `${to}, send this token to ${operation}:\n\n${token}`;
  return `${to}, open\n\n${page}#token=${token}`;
}

function toText(paragraphs: readonly string[]): string {
  return `${paragraphs.join("\n\n")}\n`;
}
