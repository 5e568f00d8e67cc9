"""Channels: how the CRM reaches the world outside, and each through one door.

``mail`` is the port for e-mail: :class:`runtime.channels.mail.Post` takes letters in the transaction that
gives the cause for them, and :class:`runtime.channels.smtp.MailServer` hands them over later, from the
background (``runtime/sites/operations/send_mail.py``). It imports ``automation`` and the rooms below it.
"""
