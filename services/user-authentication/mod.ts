import type { Handlers } from "#contract";
import type { Dependencies } from "./dependencies.ts";
import { changePassword } from "./operations/change_password.ts";
import { confirmEmail } from "./operations/confirm_email.ts";
import { endAllSessions } from "./operations/end_all_sessions.ts";
import { endSession } from "./operations/end_session.ts";
import { getAuthorizationServerMetadata } from "./operations/get_authorization_server_metadata.ts";
import { getJsonWebKeySet } from "./operations/get_json_web_key_set.ts";
import { getProfile } from "./operations/get_profile.ts";
import { issueServiceToken } from "./operations/issue_service_token.ts";
import { listAuditEvents } from "./operations/list_audit_events.ts";
import { listSessions } from "./operations/list_sessions.ts";
import { listUsers } from "./operations/list_users.ts";
import { logIn } from "./operations/log_in.ts";
import { logOut } from "./operations/log_out.ts";
import { refreshTokens } from "./operations/refresh_tokens.ts";
import { registerUser } from "./operations/register_user.ts";
import { replaceUserRoles } from "./operations/replace_user_roles.ts";
import { requestEmailVerification } from "./operations/request_email_verification.ts";
import { requestPasswordReset } from "./operations/request_password_reset.ts";
import { resetPassword } from "./operations/reset_password.ts";
import { revokeToken } from "./operations/revoke_token.ts";
import { updateProfile } from "./operations/update_profile.ts";

/** What user-authentication does: one handler for each operation of its tag. */
export function createUserAuthentication(dependencies: Dependencies): Handlers<"user-authentication"> {
  return {
    registerUser: registerUser(dependencies),
    logIn: logIn(dependencies),
    getProfile: getProfile(dependencies),
    updateProfile: updateProfile(dependencies),
    changePassword: changePassword(dependencies),
    requestPasswordReset: requestPasswordReset(dependencies),
    resetPassword: resetPassword(dependencies),
    requestEmailVerification: requestEmailVerification(dependencies),
    confirmEmail: confirmEmail(dependencies),
    listSessions: listSessions(dependencies),
    endSession: endSession(dependencies),
    endAllSessions: endAllSessions(dependencies),
    refreshTokens: refreshTokens(dependencies),
    logOut: logOut(dependencies),
    revokeToken: revokeToken(dependencies),
    issueServiceToken: issueServiceToken(dependencies),
    listUsers: listUsers(dependencies),
    replaceUserRoles: replaceUserRoles(dependencies),
    listAuditEvents: listAuditEvents(dependencies),
    getJsonWebKeySet: getJsonWebKeySet(dependencies),
    getAuthorizationServerMetadata: getAuthorizationServerMetadata(dependencies),
  };
}
