"""What an office knows of its own Official Account, as the settings give it."""

from dataclasses import dataclass

from pydantic import SecretStr

IMAGE_HOSTS = ("zdn.vn", "zadn.vn", "zalo.me", "zaloapp.com")
"""Where Zalo keeps what people send; each stands for its subdomains too."""

PROOF_IMAGE = "https://stc-oa-chat-adm.zdn.vn/images/request-info-banner.png"
"""The picture on the button that shares a phone; Zalo wants one, and this is its own sample."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ZaloAccount:
    """Keys and addresses. The app's secret is for tokens, the account's secret for the webhook.

    `buttons`: choices are buttons as well as numbered lines; the current documentation no longer
    shows them, so an office turns them on once it has seen them work. `image_hosts`: domains that
    pictures may be fetched from, by https; an entry with a scheme is one origin, for a simulator.
    `trusts_phone`: a phone shared by Zalo's form counts as the person's own; an office where the
    form lets people type another number turns it off, and is asked for other proofs instead.
    """

    app_id: str
    app_secret: SecretStr
    oa_id: str
    oa_secret: SecretStr
    api_url: str = "https://openapi.zalo.me"
    oauth_url: str = "https://oauth.zaloapp.com"
    buttons: bool = False
    image_hosts: tuple[str, ...] = IMAGE_HOSTS
    proof_image: str = PROOF_IMAGE
    trusts_phone: bool = True
