import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { deviceCodePage, deviceConfirmPage, deviceDeniedPage, deviceDonePage } from './pages/device-pages.ts';
import { type Page, pageHeaders, renderPage } from './pages/page.ts';
import { TEXTS } from './pages/texts.ts';

/**
 * The pages of the device grant (RFC 8628), at `action`: the code, whose device it is, and how it ended. What was wrong
 * with a code is a page of its own, which can be reloaded: nothing is sent again, and no try counted.
 */
export function deviceFlow(
  action: string,
): NonNullable<NonNullable<Configuration['features']>['deviceFlow']> {
  return {
    enabled: true,
    charset: 'base-20',
    mask: '****-****',
    deviceInfo: (ctx) => ({ ip: ctx.ip, ua: ctx.get('user-agent').slice(0, 300) }),
    userCodeInputSource: async (ctx, _form, _out, error) => {
      if (error?.name === 'AbortedError') return show(ctx, deviceDeniedPage());
      const asked = typeof ctx.query.code === 'string' ? ctx.query.code : '';
      const code =
        error !== undefined && 'userCode' in error && typeof error.userCode === 'string'
          ? error.userCode
          : asked;
      if (error !== undefined && ctx.method === 'POST') return showCodeProblem(ctx, action, code, error);
      show(
        ctx,
        deviceCodePage({
          action,
          xsrf: xsrfOf(ctx),
          code: code.slice(0, 20),
          problem: codeProblemTexts.get(String(ctx.query.again)),
        }),
      );
    },
    userCodeConfirmSource: async (ctx, _form, _client, deviceInfo, userCode) => {
      const name = ctx.oidc.entities.DeviceCode?.params?.device_name;
      const { ip, ua } = deviceInfo;
      show(
        ctx,
        deviceConfirmPage({
          action,
          xsrf: xsrfOf(ctx),
          code: userCode,
          deviceName: typeof name === 'string' ? name : undefined,
          userAgent: typeof ua === 'string' ? ua : undefined,
          address: typeof ip === 'string' ? ip : undefined,
        }),
      );
    },
    successSource: async (ctx) => show(ctx, deviceDonePage()),
  };
}

/** What was wrong with a code, by the word for it in the address of the page that says so. */
const codeProblemTexts: ReadonlyMap<string, string> = new Map([
  ['unknown', TEXTS.problem.codeUnknown],
  ['expired', TEXTS.problem.codeExpired],
  ['used', TEXTS.problem.codeUsed],
  ['missing', TEXTS.problem.codeMissing],
  ['form', TEXTS.problem.formExpired],
  ['cookies', `${TEXTS.problem.formExpired} ${TEXTS.problem.noCookies}`],
]);

function codeProblem(error: Error): string {
  switch (error.name) {
    case 'NotFoundError':
      return 'unknown';
    case 'ExpiredError':
      return 'expired';
    case 'AlreadyUsedError':
      return 'used';
    case 'NoCodeError':
      return 'missing';
    default:
      return 'form';
  }
}

function showCodeProblem(ctx: KoaContextWithOIDC, action: string, code: string, error: Error): void {
  const query = new URLSearchParams({ again: codeProblem(error), code: code.slice(0, 20) });
  ctx.status = 303;
  ctx.redirect(`${action}?${query.toString()}`);
}

function xsrfOf(ctx: KoaContextWithOIDC): string {
  const secret = ctx.oidc.session?.state?.secret;
  return typeof secret === 'string' ? secret : '';
}

/** Answers with a page of ours. */
export function show(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.set(pageHeaders());
  ctx.body = renderPage(page);
}
